console.log("__TEXTS__");
