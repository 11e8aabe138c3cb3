import { at, isObject, type JsonObject, numberAt, objectsAt, textAt } from "../../shared/json";
import { nameOf } from "../object";
import { failed, READY, type Readiness, type Rule, waiting } from "./readiness";
import { conditionOf, messageOf } from "./common";

/** Reasons of a waiting container that pass by themselves. */
const PASSING = new Set(["ContainerCreating", "PodInitializing"]);

/** Why these pods are not ready, one line for each cause, in the words of Kubernetes; none if all are well. */
export function podReasons(pods: readonly JsonObject[]): readonly string[] {
    return [...new Set(pods.flatMap((pod) => reasonsOf(pod)))];
}

/** Containers that ended badly and whose last words are in their log. */
export function crashedContainers(pod: JsonObject): readonly { readonly pod: string; readonly container: string }[] {
    return containerStatuses(pod)
        .filter((status) => crashOf(status) !== undefined)
        .map((status) => ({ pod: nameOf(pod), container: textAt(status, "name") ?? "" }));
}

function reasonsOf(pod: JsonObject): readonly string[] {
    const where = `pod ${nameOf(pod)}`;
    if (textAt(pod, "metadata", "deletionTimestamp") !== undefined || textAt(pod, "status", "phase") === "Succeeded") {
        return [];
    }
    const scheduled = conditionOf(pod, "PodScheduled");
    if (scheduled?.status === "False") {
        return [`${where} is not scheduled: ${textAt(scheduled, "reason") ?? ""}: ${messageOf(scheduled)}`];
    }
    if (textAt(pod, "status", "phase") === "Pending" && textAt(pod, "spec", "nodeName") === undefined) {
        return [`${where} has no node yet`];
    }
    const containers = containerStatuses(pod).flatMap((status) => containerReason(where, status) ?? []);
    if (containers.length > 0) {
        return containers;
    }
    if (textAt(pod, "status", "phase") === "Failed") {
        return [
            `${where} failed: ${textAt(pod, "status", "message") ?? textAt(pod, "status", "reason") ?? "no reason given"}`,
        ];
    }
    const ready = conditionOf(pod, "Ready");
    return ready?.status === "False" ? [`${where} is not ready: ${messageOf(ready)}`] : [];
}

function containerReason(where: string, status: JsonObject): string | undefined {
    const name = `${where}, container ${textAt(status, "name") ?? ""}`;
    const reason = textAt(status, "state", "waiting", "reason");
    const crash = crashOf(status);
    if (crash !== undefined) {
        const code = numberAt(crash, "exitCode") ?? 0;
        const message = textAt(crash, "message");
        const words = message === undefined ? "" : `: ${message.trim()}`;
        return `${name}: ${reason ?? textAt(crash, "reason") ?? "Error"} (exit code ${code}, ${textAt(crash, "reason") ?? "Error"})${words}`;
    }
    if (reason === undefined || PASSING.has(reason)) {
        return undefined;
    }
    return `${name}: ${reason}: ${textAt(status, "state", "waiting", "message") ?? "no message"}`;
}

/** How the container ended the last time, if it ended badly and does not run since. */
function crashOf(status: JsonObject): JsonObject | undefined {
    const ended = ["state", "lastState"]
        .map((state) => at(status, state, "terminated"))
        .find((terminated) => isObject(terminated));
    const runs = textAt(status, "state", "running", "startedAt") !== undefined;
    return !isObject(ended) || runs || numberAt(ended, "exitCode") === 0 ? undefined : ended;
}

function containerStatuses(pod: JsonObject): readonly JsonObject[] {
    return [...objectsAt(pod, "status", "initContainerStatuses"), ...objectsAt(pod, "status", "containerStatuses")];
}

export const POD: Rule = {
    needs: () => [],
    evaluate: (pod): Readiness => {
        const phase = textAt(pod, "status", "phase");
        if (phase === "Succeeded" || conditionOf(pod, "Ready")?.status === "True") {
            return READY;
        }
        const reasons = podReasons([pod]);
        return phase === "Failed" ? failed(...reasons) : waiting("the pod is not ready", ...reasons);
    },
};
