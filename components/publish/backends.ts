import { isView, publishedHosts } from "../../config/publish";
import type { StackSettings } from "../../config/schema";
import { guardedName } from "../collector/collector";
import { COLLECTOR_PORTS } from "../collector/ports";
import { GRAFANA_PORT } from "../grafana/config";
import { JAEGER_PORTS } from "../jaeger-config";
import type { ServiceNames } from "../outputs";
import { PROMETHEUS_PORT } from "../prometheus-config";

/** What a name from outside of the cluster leads to. */
export interface Backend {
    /** Of the object that leads there. */
    readonly name: string;
    readonly host: string;
    /** The workload behind the Service. */
    readonly workload: string;
    readonly service: string;
    /** Of the Service, and of the pods. */
    readonly port: number;
    /** Whether it speaks TLS itself, so that nobody before it has to see what is said. */
    readonly passthrough: boolean;
    readonly annotations: Readonly<Record<string, string>>;
}

type Target = Omit<Backend, "annotations" | "host" | "passthrough">;

/** What the settings publish. */
export function publishedBackends(
    names: Pick<ServiceNames, "collector" | "grafana" | "jaeger" | "prometheus">,
    settings: Pick<StackSettings, "publish">,
): readonly Backend[] {
    const view = (name: string, port: number): Target => ({ name, workload: name, service: name, port });
    const otlp = (protocol: string, port: number): Target => ({
        name: `${names.collector}-${protocol}`,
        workload: names.collector,
        service: guardedName(names.collector),
        port,
    });
    const targets = {
        grafana: view(names.grafana, GRAFANA_PORT),
        jaeger: view(names.jaeger, JAEGER_PORTS.ui),
        prometheus: view(names.prometheus, PROMETHEUS_PORT),
        otlpHttp: otlp("http", COLLECTOR_PORTS.guardedHttp),
        otlpGrpc: otlp("grpc", COLLECTOR_PORTS.guardedGrpc),
    } as const;
    const { publish } = settings;
    return publishedHosts(settings).map(({ of, host }) => ({
        ...targets[of],
        host,
        passthrough: !isView(of),
        annotations: { ...publish.annotations, ...publish[isView(of) ? of : "otlp"].annotations },
    }));
}
