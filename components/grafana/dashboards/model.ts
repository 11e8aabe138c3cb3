import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { LogRoute } from "../../../config/model/log-stores";
import { DATA_SOURCES } from "../../telemetry/names";
import { dataSourceType } from "../data-sources";

/** What a panel reads; it is left out where the stack has none. `spanMetrics` and those of the `kubelet` stand in Prometheus. */
export type PanelDataSource = keyof typeof DATA_SOURCES | "kubelet" | "spanMetrics";

/** What dashboards are made for. */
export interface DashboardContext {
    readonly available: Readonly<Record<PanelDataSource, boolean>>;
    /** The log store whose records are shown; without one there are none to show. */
    readonly logStore?: LogRoute | undefined;
    /** Whether VictoriaLogs is there, whoever reads it. */
    readonly runsVictoriaLogs: boolean;
    /** Of what the stack is made of. */
    readonly namespaces: readonly string[];
    /** Whether what waits for the backends stands on a volume: another exporter sends to Jaeger then. */
    readonly persistentQueues: boolean;
    /** Memory of a Collector's container, and the part of it above which it refuses data; bytes. */
    readonly collectorMemory: CollectorMemory;
    /** The second tier of Collectors, where there is one. */
    readonly traceTier?: TraceTierContext;
}

export interface CollectorMemory {
    readonly limit: number;
    readonly limiterThreshold: number;
}

export interface TraceTierContext {
    readonly memory: CollectorMemory;
    /** Whether it holds traces, so that nobody keeps what finds a queue full. */
    readonly tailSampling: boolean;
}

export interface Query {
    /** In the language of its data source; of Jaeger's, the type of query. */
    readonly expr: string;
    /** Name of a series, such as `{{service_name}}`; needed where there may be several. */
    readonly legend?: string;
    /** One value a series, at the end of the time range. */
    readonly instant?: boolean;
    /** Draws the traces behind the numbers as points. */
    readonly exemplars?: boolean;
    /** Why a healthy stack may have nothing to answer. */
    readonly emptyWhen?: string;
}

/** A panel, described before it is built, so that its queries can be listed. */
export interface PanelSpec {
    readonly title: string;
    /** What it shows, and what to make of it. */
    readonly description: string;
    readonly source: PanelDataSource;
    /** Of 24 columns. */
    readonly width: number;
    readonly queries: readonly Query[];
    readonly build: () => Builder<Panel>;
}

export interface RowSpec {
    readonly title: string;
    readonly panels: readonly PanelSpec[];
}

/** A list to choose from at the top of a dashboard, used in queries as `$name`. */
export interface VariableSpec {
    readonly name: string;
    readonly label: string;
    readonly source: PanelDataSource;
    /** In the language of the data source. */
    readonly query: string;
    /** What stands for all values, which are chosen at first; left out, one is. */
    readonly all?: string;
}

export interface DashboardSpec {
    readonly uid: string;
    readonly title: string;
    readonly description: string;
    /** Without it the whole dashboard is left out. */
    readonly requires: PanelDataSource;
    readonly variables: readonly VariableSpec[];
    readonly rows: readonly RowSpec[];
}

/** The type and uid of a data source, as panels and variables name it. */
export function dataSourceRef(source: PanelDataSource): {
    readonly type: string;
    readonly uid: keyof typeof DATA_SOURCES;
} {
    const read = source === "kubelet" || source === "spanMetrics" ? "prometheus" : source;
    return { type: dataSourceType(read), uid: DATA_SOURCES[read] };
}
