import type { DashboardContext, DashboardSpec, PanelSpec } from "./model";
import { number, timeSeries } from "./panels";

/** Where metrics go two ways, each series is there twice, and a sum of both would be double: of those it is the larger. */
function once(labels: readonly string[], series: string): string {
    return `max by (${["k8s_namespace_name", ...labels].join(", ")}) (${series})`;
}

function ofPods(series: string): string {
    return once(["k8s_pod_name"], series);
}

type Panel = Omit<PanelSpec, "build" | "source" | "width"> & { readonly unit: string; readonly max?: number };

function graph(spec: Panel, width = 12): PanelSpec {
    return timeSeries({ ...spec, source: "kubelet", width });
}

/** What the stack itself takes of the cluster, as the kubelets measure it. */
export function usage({ namespaces }: Pick<DashboardContext, "namespaces">): DashboardSpec {
    const own = `k8s_namespace_name=~"${namespaces.join("|")}"`;
    const pods = (metric: string) => `${metric}{${own},k8s_pod_name!=""}`;
    const cpu = ofPods(pods("k8s_pod_cpu_usage"));
    const memory = ofPods(pods("k8s_pod_memory_working_set_bytes"));
    const disk = ofPods(pods("k8s_pod_filesystem_usage_bytes"));
    const volume = (metric: string) =>
        once(["k8s_pod_name", "k8s_volume_name"], `${metric}{${own},k8s_volume_type="persistentVolumeClaim"}`);
    return {
        uid: "otel-usage",
        title: "Usage",
        description: "What the stack itself takes of the cluster: CPU, memory, network and disk of each pod.",
        needs: "kubelet",
        variables: [],
        rows: [
            {
                title: "All of the stack",
                panels: [
                    total("CPU", "Cores that all pods of the stack use.", "short", cpu),
                    total("Memory", "Memory that all pods of the stack use and cannot give back.", "bytes", memory),
                    total("Disk", "What all pods of the stack have written beside their volumes.", "bytes", disk),
                ],
            },
            {
                title: "Pods",
                panels: [
                    graph({
                        title: "CPU of each pod",
                        description: "Cores. What stays at the pod's limit is slowed down.",
                        unit: "short",
                        queries: [{ expr: cpu, legend: "{{k8s_pod_name}}" }],
                    }),
                    graph({
                        title: "Memory of each pod",
                        description: "The working set: what comes to the pod's limit is killed.",
                        unit: "bytes",
                        queries: [{ expr: memory, legend: "{{k8s_pod_name}}" }],
                    }),
                    graph({
                        title: "Network of each pod",
                        description: "Bytes a second, sent and received.",
                        unit: "Bps",
                        queries: [
                            {
                                expr: once(
                                    ["k8s_pod_name", "direction"],
                                    `rate(${pods("k8s_pod_network_io_bytes_total")}[$__rate_interval])`,
                                ),
                                legend: "{{k8s_pod_name}} {{direction}}",
                                emptyWhen: "the kubelet does not count the network of pods, as in the sandbox",
                            },
                        ],
                    }),
                    graph({
                        title: "Volumes",
                        description: "How full each claimed volume is.",
                        unit: "percentunit",
                        max: 1,
                        queries: [
                            {
                                expr: `1 - ${volume("k8s_volume_available_bytes")} / ${volume("k8s_volume_capacity_bytes")}`,
                                legend: "{{k8s_pod_name}} {{k8s_volume_name}}",
                                emptyWhen: "nothing of the stack stands on a volume",
                            },
                        ],
                    }),
                ],
            },
            { title: "Nodes", panels: nodes },
        ],
    };
}

function total(title: string, description: string, unit: string, expr: string): PanelSpec {
    return number({
        title,
        description,
        source: "kubelet",
        width: 8,
        unit,
        queries: [{ expr: `sum(${expr})`, instant: true }],
    });
}

function ofNodes(series: string): string {
    return `max by (k8s_node_name) (${series})`;
}

const nodes: readonly PanelSpec[] = [
    graph(
        {
            title: "CPU of each node",
            description: "Cores that are in use, by the stack and all others.",
            unit: "short",
            queries: [{ expr: ofNodes("k8s_node_cpu_usage"), legend: "{{k8s_node_name}}" }],
        },
        8,
    ),
    graph(
        {
            title: "Free memory of each node",
            description: "When it runs out, pods are evicted.",
            unit: "bytes",
            queries: [{ expr: ofNodes("k8s_node_memory_available_bytes"), legend: "{{k8s_node_name}}" }],
        },
        8,
    ),
    graph(
        {
            title: "Free disk of each node",
            description: "When it runs out, images and pods are removed.",
            unit: "bytes",
            queries: [{ expr: ofNodes("k8s_node_filesystem_available_bytes"), legend: "{{k8s_node_name}}" }],
        },
        8,
    ),
];
