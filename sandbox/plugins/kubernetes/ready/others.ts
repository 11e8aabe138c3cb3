import { type JsonObject, objectsAt, textAt } from "../../shared/json";
import { conditionOf, messageOf } from "./common";
import { failed, READY, type Readiness, type Related, type Rule, waiting } from "./readiness";

/** Bound, or left unbound on purpose until a pod uses it. */
export function evaluateVolumeClaim(claim: JsonObject, { storageClasses }: Related): Readiness {
    const phase = textAt(claim, "status", "phase");
    const lazy = (storageClasses ?? []).some((entry) => entry.volumeBindingMode === "WaitForFirstConsumer");
    if (phase === "Bound" || lazy) {
        return READY;
    }
    return phase === "Lost" ? failed("its volume is lost") : waiting("no volume is bound to it");
}

export const VOLUME_CLAIM: Rule = {
    needs: (claim) => {
        const name = textAt(claim, "spec", "storageClassName");
        const path = "/apis/storage.k8s.io/v1/storageclasses";
        return name === undefined ? [] : [{ as: "storageClasses", path: `${path}/${encodeURIComponent(name)}` }];
    },
    evaluate: evaluateVolumeClaim,
};

export const INGRESS: Rule = {
    needs: () => [],
    evaluate: (ingress) =>
        objectsAt(ingress, "status", "loadBalancer", "ingress").length > 0
            ? READY
            : waiting("no ingress controller gave it an address"),
};

/** Its kind can be used. */
export const CUSTOM_RESOURCE_DEFINITION: Rule = {
    needs: () => [],
    evaluate: (definition) => {
        const names = conditionOf(definition, "NamesAccepted");
        if (names?.status === "False") {
            return failed(messageOf(names));
        }
        return conditionOf(definition, "Established")?.status === "True"
            ? READY
            : waiting("the API server does not serve it yet");
    },
};
