import { at, type JsonObject, objectAt, objectsAt, textAt } from "../../shared/json";
import { nameOf } from "../object";
import { listBeside, selectorText } from "./common";
import { podReasons } from "./pods";
import { READY, type Readiness, type Related, type Rule, waiting } from "./readiness";

/** Reachable: at least one endpoint takes traffic, and a load balancer has its address. */
export function evaluateService(service: JsonObject, { endpointSlices, pods }: Related): Readiness {
    if (!needsEndpoints(service)) {
        return READY;
    }
    const ready = (endpointSlices ?? [])
        .flatMap((slice) => objectsAt(slice, "endpoints"))
        .filter((endpoint) => at(endpoint, "conditions", "ready") !== false);
    if (ready.length === 0) {
        const reasons = podReasons(pods ?? []);
        const nobody = (pods ?? []).length === 0 ? ["no pod matches its selector"] : [];
        return waiting("it targets no ready pod", ...nobody, ...reasons);
    }
    const balanced = objectsAt(service, "status", "loadBalancer", "ingress").length > 0;
    return textAt(service, "spec", "type") === "LoadBalancer" && !balanced
        ? waiting("the load balancer has no address yet")
        : READY;
}

/** Others have no endpoints of their own making, or may have none for good. */
function needsEndpoints(service: JsonObject): boolean {
    return (
        textAt(service, "spec", "type") !== "ExternalName" &&
        textAt(service, "spec", "clusterIP") !== "None" &&
        Object.keys(objectAt(service, "spec", "selector")).length > 0
    );
}

export const SERVICE: Rule = {
    needs: (service) =>
        needsEndpoints(service)
            ? [
                  listBeside(service, "endpointSlices", `kubernetes.io/service-name=${nameOf(service)}`),
                  listBeside(service, "pods", selectorText({ matchLabels: objectAt(service, "spec", "selector") })),
              ]
            : [],
    evaluate: evaluateService,
};
