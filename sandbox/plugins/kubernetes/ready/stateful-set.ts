import { type JsonObject, numberAt, objectAt, textAt } from "../../shared/json";
import { isStale, listBeside, ownedBy, selectorText } from "./common";
import { podReasons } from "./pods";
import { READY, type Readiness, type Related, type Rule, waiting } from "./readiness";

/** Every replica that the roll-out covers runs the newest template, and all are ready. */
export function evaluateStatefulSet(set: JsonObject, { pods }: Related): Readiness {
    if (isStale(set)) {
        return waiting("the roll-out has not begun");
    }
    const wanted = numberAt(set, "spec", "replicas") ?? 1;
    const ready = numberAt(set, "status", "readyReplicas") ?? 0;
    const updated = numberAt(set, "status", "updatedReplicas") ?? 0;
    const mustUpdate = textAt(set, "spec", "updateStrategy", "type") === "OnDelete" ? 0 : wanted - partitionOf(set);
    const total = numberAt(set, "status", "replicas") ?? 0;
    if (ready >= wanted && updated >= mustUpdate && total <= wanted) {
        return READY;
    }
    return waiting(`${updated} of ${wanted} replicas updated, ${ready} ready`, ...podReasons(ownedBy(pods, set)));
}

function partitionOf(set: JsonObject): number {
    return numberAt(set, "spec", "updateStrategy", "rollingUpdate", "partition") ?? 0;
}

export const STATEFUL_SET: Rule = {
    needs: (set) => [listBeside(set, "pods", selectorText(objectAt(set, "spec", "selector")))],
    evaluate: evaluateStatefulSet,
};
