import { isUiBackend } from "../../config/model/expose";
import type { Plan } from "../../config/model/plan";
import type { WorkloadNames } from "../../config/model/workload-names";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { secureServiceName } from "../collector/endpoints";
import { GRAFANA_PORT } from "../grafana/config";
import { JAEGER_PORTS } from "../jaeger/config";
import { PROMETHEUS_PORT } from "../prometheus/config";

/** The target of an external hostname. */
export interface ExposureTarget {
    /** Name of the Ingress or route. */
    readonly name: string;
    readonly host: string;
    /** Path below the hostname. Empty for the whole hostname. */
    readonly path: string;
    readonly url: string;
    /** Name of the workload behind the Service. */
    readonly workload: string;
    readonly service: string;
    /** Port of the Service and of the pods. */
    readonly port: number;
    /** Whether the target terminates TLS, so that the controller must pass TLS through. */
    readonly passthrough: boolean;
    readonly annotations: Readonly<Record<string, string>>;
}

type Target = Omit<ExposureTarget, "annotations" | "host" | "passthrough" | "path" | "url">;

/** What is exposed outside the cluster. */
export function resolveExposureTargets(
    names: Pick<WorkloadNames, "collector" | "grafana" | "jaeger" | "prometheus">,
    { exposure, settings: { expose } }: Plan,
): readonly ExposureTarget[] {
    const uiTarget = (name: string, port: number): Target => ({ name, workload: name, service: name, port });
    const otlpTarget = (protocol: string, port: number): Target => ({
        name: `${names.collector}-${protocol}`,
        workload: names.collector,
        service: secureServiceName(names.collector),
        port,
    });
    const targets = {
        grafana: uiTarget(names.grafana, GRAFANA_PORT),
        jaeger: uiTarget(names.jaeger, JAEGER_PORTS.ui),
        prometheus: uiTarget(names.prometheus, PROMETHEUS_PORT),
        otlpHttp: otlpTarget("http", COLLECTOR_PORTS.secureHttp),
        otlpGrpc: otlpTarget("grpc", COLLECTOR_PORTS.secureGrpc),
    } as const;
    return exposure.hosts.map(({ target: of, host, path, url }) => ({
        ...targets[of],
        host,
        path,
        url,
        passthrough: !isUiBackend(of),
        annotations: { ...expose.annotations, ...expose[isUiBackend(of) ? of : "otlp"].annotations },
    }));
}
