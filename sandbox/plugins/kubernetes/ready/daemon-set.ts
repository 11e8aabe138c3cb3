import { type JsonObject, numberAt, objectAt, textAt } from "../../shared/json";
import { isStale, listBeside, ownedBy, selectorText } from "./common";
import { podReasons } from "./pods";
import { READY, type Readiness, type Related, type Rule, waiting } from "./readiness";

/** Every node that should run it runs the newest template, available. */
export function evaluateDaemonSet(set: JsonObject, { pods }: Related): Readiness {
    if (isStale(set)) {
        return waiting("the roll-out has not begun");
    }
    const count = (field: string): number => numberAt(set, "status", field) ?? 0;
    const wanted = count("desiredNumberScheduled");
    const onDelete = textAt(set, "spec", "updateStrategy", "type") === "OnDelete";
    const updated = onDelete ? wanted : count("updatedNumberScheduled");
    if (updated >= wanted && count("numberAvailable") >= wanted) {
        return READY;
    }
    const state = `${updated} of ${wanted} pods updated, ${count("numberAvailable")} available`;
    return waiting(state, ...podReasons(ownedBy(pods, set)));
}

export const DAEMON_SET: Rule = {
    needs: (set) => [listBeside(set, "pods", selectorText(objectAt(set, "spec", "selector")))],
    evaluate: evaluateDaemonSet,
};
