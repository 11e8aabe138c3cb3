import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { LogRoute } from "../../../config/model/log-stores";
import { DATA_SOURCES } from "../../telemetry/names";
import { dataSourceType } from "../data-sources";

/**
 * The data that a panel needs. Without it, the panel is omitted. `spanMetrics` and `kubelet` are metrics in Prometheus.
 */
export type PanelDataSource = keyof typeof DATA_SOURCES | "kubelet" | "spanMetrics";

/** What the dashboards are rendered for. */
export interface DashboardContext {
    readonly available: Readonly<Record<PanelDataSource, boolean>>;
    /** The log store of the log panels. Undefined omits them. */
    readonly logStore?: LogRoute | undefined;
    /** Whether the stack runs VictoriaLogs, even if another log store is `logStore`. */
    readonly runsVictoriaLogs: boolean;
    /** The longest interval between two samples of a series in Prometheus. */
    readonly longestSampleSeconds: number;
    /** The Namespaces of the stack. */
    readonly namespaces: readonly string[];
    /** Whether sending queues are persistent. A different exporter then sends to Jaeger. */
    readonly persistentQueues: boolean;
    /** Memory limit of a Collector's container, and the threshold above which it rejects data, in bytes. */
    readonly collectorMemory: CollectorMemory;
    /** The trace tier of Collectors. Undefined without one. */
    readonly traceTier?: TraceTierContext;
    /** URL of the folder with the pages of the dashboards, without a slash at its end. */
    readonly docsUrl: string;
}

export interface CollectorMemory {
    readonly limit: number;
    readonly limiterThreshold: number;
}

interface TraceTierContext {
    readonly memory: CollectorMemory;
    /** Whether it uses tail sampling. Then it loses data that finds a queue full. */
    readonly tailSampling: boolean;
}

export interface Query {
    /** In the query language of the data source. For Jaeger, the query type. */
    readonly expr: string;
    /** Name of a series, such as `{{service_name}}`. Required if a query returns several series. */
    readonly legend?: string;
    /** Returns one value for each series, at the end of the time range. */
    readonly instant?: boolean;
    /** Shows exemplars, which link to traces. */
    readonly exemplars?: boolean;
    /** Why the query may return nothing on a healthy stack. */
    readonly emptyWhen?: string;
}

/** A panel, described as data so that its queries can be listed. */
export interface PanelSpec {
    readonly title: string;
    /** What the panel shows and how to read it. */
    readonly description: string;
    /** What it means if the panel has no data, unless that is normal by `emptyWhen` of its queries. */
    readonly noData: string;
    readonly source: PanelDataSource;
    /** In columns. A row has 24. */
    readonly width: number;
    readonly queries: readonly Query[];
    readonly build: () => Builder<Panel>;
}

interface RowSpec {
    readonly title: string;
    readonly panels: readonly PanelSpec[];
}

/** A variable of a dashboard, which queries use as `$name`. */
export interface VariableSpec {
    readonly name: string;
    readonly label: string;
    readonly source: PanelDataSource;
    /** In the query language of the data source. */
    readonly query: string;
    /** The value for all options, selected by default. Undefined allows only one option. */
    readonly all?: string;
    /** Whether only one option or all can be selected. */
    readonly single?: true;
    /** Whether its value follows from other variables, so that nobody selects it. */
    readonly hidden?: true;
}

export interface DashboardSpec {
    readonly uid: string;
    readonly title: string;
    readonly description: string;
    /** Without this data, the whole dashboard is omitted. */
    readonly requires: PanelDataSource;
    readonly variables: readonly VariableSpec[];
    readonly rows: readonly RowSpec[];
}

/** Type and uid of a data source, as panels and variables reference it. */
export function dataSourceRef(source: PanelDataSource): {
    readonly type: string;
    readonly uid: keyof typeof DATA_SOURCES;
} {
    const read = source === "kubelet" || source === "spanMetrics" ? "prometheus" : source;
    return { type: dataSourceType(read), uid: DATA_SOURCES[read] };
}
