import { type JsonObject, numberAt, objectAt, textAt } from "../../shared/json";
import { conditionOf, isStale, listBeside, messageOf, ownedBy, selectorText } from "./common";
import { podReasons } from "./pods";
import { failed, READY, type Readiness, type Related, type Rule, waiting } from "./readiness";

const REVISION = ["metadata", "annotations", "deployment.kubernetes.io/revision"] as const;

/** Rolled out: every replica runs the newest template and is available, and none of an older one is left. */
export function evaluateDeployment(deployment: JsonObject, related: Related): Readiness {
    if (isStale(deployment)) {
        return waiting("the roll-out has not begun");
    }
    const wanted = numberAt(deployment, "spec", "replicas") ?? 1;
    const count = (field: string): number => numberAt(deployment, "status", field) ?? 0;
    const updated = count("updatedReplicas");
    const available = count("availableReplicas");
    if (deploymentIsPaused(deployment) || (updated >= wanted && count("replicas") <= updated && available >= updated)) {
        return READY;
    }
    const reasons = [...replicaFailure(deployment), ...podReasons(newestPods(deployment, related))];
    const progressing = conditionOf(deployment, "Progressing");
    if (progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded") {
        return failed(messageOf(progressing), ...reasons);
    }
    return waiting(`${updated} of ${wanted} replicas updated, ${available} available`, ...reasons);
}

function deploymentIsPaused(deployment: JsonObject): boolean {
    return objectAt(deployment, "spec").paused === true;
}

/** What keeps pods from being made at all: a quota, or Pod Security. */
function replicaFailure(deployment: JsonObject): readonly string[] {
    const failure = conditionOf(deployment, "ReplicaFailure");
    return failure?.status === "True" ? [messageOf(failure)] : [];
}

function newestPods(deployment: JsonObject, { replicaSets, pods }: Related): readonly JsonObject[] {
    const revision = textAt(deployment, ...REVISION);
    return ownedBy(replicaSets, deployment)
        .filter((replicaSet) => textAt(replicaSet, ...REVISION) === revision)
        .flatMap((replicaSet) => ownedBy(pods, replicaSet));
}

export const DEPLOYMENT: Rule = {
    needs: (deployment) => {
        const selector = selectorText(objectAt(deployment, "spec", "selector"));
        return [listBeside(deployment, "replicaSets", selector), listBeside(deployment, "pods", selector)];
    },
    evaluate: evaluateDeployment,
};
