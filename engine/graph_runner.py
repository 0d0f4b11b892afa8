"""Runs a trained model's graph by calling its nodes in order.

Stock Rasa hands the graph to dask anew for every message: three times a turn (understand, predict, predict to listen), each time
copying the schema, building a task graph and passing each node through an executor. The graph of a prediction never changes, so here
its order is worked out once for each set of targets.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

Plan = List[Tuple[Text, List[Text]]]


class OrderedGraphRunner(DaskGraphRunner):
    """A graph runner without dask; it instantiates nodes as the stock one does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Instantiates the nodes."""
        super().__init__(*args, **kwargs)
        self._plans: Dict[Tuple[Text, ...], Plan] = {}

    def run(self, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None) -> Dict[Text, Any]:
        """Runs what the targets need, and returns the targets' outputs (see ``GraphRunner.run``)."""
        wanted = tuple(targets or self._graph_schema.target_names)
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._plan(wanted)
        done: Dict[Text, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in plan:
            # A node is told the name of what has no output, as dask does.
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
        return dict(done[name] for name in wanted)

    def _plan(self, wanted: Tuple[Text, ...]) -> Plan:
        """Orders the nodes so that each comes after those it needs (depth-first)."""
        nodes = self._graph_schema.minimal_graph_schema(list(wanted)).nodes
        plan: Plan = []
        state: Dict[Text, bool] = {}  # False: being visited

        def visit(name: Text) -> None:
            if name not in nodes or state.get(name):
                return
            if name in state:
                raise GraphRunError(f"The model's graph has a circle at {name!r}.")
            state[name] = False
            for need in nodes[name].needs.values():
                visit(need)
            state[name] = True
            plan.append((name, list(nodes[name].needs.values())))

        for name in wanted:
            visit(name)
        return plan
