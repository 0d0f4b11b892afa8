// The chat page, alone at "/" or in the widget's frame at "/embed".
import { start } from "./chat/app.js";

start();
