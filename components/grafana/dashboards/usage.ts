import { DASHBOARDS } from "../../telemetry/names";
import type { DashboardContext, DashboardSpec, PanelSpec } from "./model";
import { NO_DATA } from "./no-data";
import { statPanel, timeSeriesPanel } from "./panels";

/** With two metrics routes, each series exists twice. Takes the larger value, because a sum would count twice. */
function maxBy(labels: readonly string[], series: string): string {
    return `max by (${["k8s_namespace_name", ...labels].join(", ")}) (${series})`;
}

function maxPerPod(series: string): string {
    return maxBy(["k8s_pod_name"], series);
}

type UsagePanel = Omit<PanelSpec, "build" | "noData" | "source" | "width"> & {
    readonly unit: string;
    readonly max?: number;
};

function usageGraph(spec: UsagePanel, width = 12): PanelSpec {
    return timeSeriesPanel({ ...spec, noData: NO_DATA.kubelet, source: "kubelet", width });
}

/** Resource usage of the stack, as the kubelets report it. */
export function usageDashboard({ namespaces }: Pick<DashboardContext, "namespaces">): DashboardSpec {
    const stackMatcher = `k8s_namespace_name=~"${namespaces.join("|")}"`;
    const pods = (metric: string) => `${metric}{${stackMatcher},k8s_pod_name!=""}`;
    const cpu = maxPerPod(pods("k8s_pod_cpu_usage"));
    const memory = maxPerPod(pods("k8s_pod_memory_working_set_bytes"));
    const disk = maxPerPod(pods("k8s_pod_filesystem_usage_bytes"));
    const volume = (metric: string) =>
        maxBy(
            ["k8s_pod_name", "k8s_volume_name"],
            `${metric}{${stackMatcher},k8s_volume_type="persistentVolumeClaim"}`,
        );
    return {
        uid: DASHBOARDS.usage,
        title: "Usage",
        description: "Resource usage of the stack: CPU, memory, network and disk of each pod.",
        requires: "kubelet",
        variables: [],
        rows: [
            {
                title: "Stack",
                panels: [
                    usageTotal("CPU", "CPU cores used by all pods of the stack.", "short", cpu),
                    usageTotal("Memory", "Working set of all pods of the stack.", "bytes", memory),
                    usageTotal("Disk", "Ephemeral storage used by all pods of the stack.", "bytes", disk),
                ],
            },
            {
                title: "Pods",
                panels: [
                    usageGraph({
                        title: "CPU of each pod",
                        description: "CPU cores. A pod at its limit is throttled.",
                        unit: "short",
                        queries: [{ expr: cpu, legend: "{{k8s_pod_name}}" }],
                    }),
                    usageGraph({
                        title: "Memory of each pod",
                        description: "Working set. A pod at its limit is killed.",
                        unit: "bytes",
                        queries: [{ expr: memory, legend: "{{k8s_pod_name}}" }],
                    }),
                    usageGraph({
                        title: "Network of each pod",
                        description: "Sent and received bytes per second.",
                        unit: "Bps",
                        queries: [
                            {
                                expr: maxBy(
                                    ["k8s_pod_name", "direction"],
                                    `rate(${pods("k8s_pod_network_io_bytes_total")}[$__rate_interval])`,
                                ),
                                legend: "{{k8s_pod_name}} {{direction}}",
                                emptyWhen: "the kubelet does not report network metrics of pods, as in the sandbox",
                            },
                        ],
                    }),
                    usageGraph({
                        title: "Volumes",
                        description: "Usage of each persistent volume.",
                        unit: "percentunit",
                        max: 1,
                        queries: [
                            {
                                expr: `1 - ${volume("k8s_volume_available_bytes")} / ${volume("k8s_volume_capacity_bytes")}`,
                                legend: "{{k8s_pod_name}} {{k8s_volume_name}}",
                                emptyWhen: "the stack uses no persistent volumes",
                            },
                        ],
                    }),
                ],
            },
            { title: "Nodes", panels: nodePanels },
        ],
    };
}

function usageTotal(title: string, description: string, unit: string, expr: string): PanelSpec {
    return statPanel({
        title,
        description,
        noData: NO_DATA.kubelet,
        source: "kubelet",
        width: 8,
        unit,
        queries: [{ expr: `sum(${expr})`, instant: true }],
    });
}

function maxPerNode(series: string): string {
    return `max by (k8s_node_name) (${series})`;
}

const nodePanels: readonly PanelSpec[] = [
    usageGraph(
        {
            title: "CPU of each node",
            description: "CPU cores used by all pods and processes of the node.",
            unit: "short",
            queries: [{ expr: maxPerNode("k8s_node_cpu_usage"), legend: "{{k8s_node_name}}" }],
        },
        8,
    ),
    usageGraph(
        {
            title: "Free memory of each node",
            description: "When it runs low, the kubelet evicts pods.",
            unit: "bytes",
            queries: [{ expr: maxPerNode("k8s_node_memory_available_bytes"), legend: "{{k8s_node_name}}" }],
        },
        8,
    ),
    usageGraph(
        {
            title: "Free disk of each node",
            description: "When it runs low, the kubelet deletes images and evicts pods.",
            unit: "bytes",
            queries: [{ expr: maxPerNode("k8s_node_filesystem_available_bytes"), legend: "{{k8s_node_name}}" }],
        },
        8,
    ),
];
