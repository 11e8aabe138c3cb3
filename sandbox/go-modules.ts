/** Programs that are built together from one folder in sandbox/modules with a go.mod and a go.sum. */
export interface GoModule {
    /** Folder in sandbox/modules. */
    readonly name: string;
    /** Title in progress messages. */
    readonly title: string;
    /** Go package of each program, by program name. */
    readonly programs: Readonly<Record<string, string>>;
    readonly tags?: readonly string[];
    /** Go variables that the linker sets. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Files of a required Go module that a package of this module embeds. */
    readonly embeds?: GoEmbeds;
    /**
     * Whether the build uses cgo. Without cgo, the programs are static.
     *
     * @default false
     */
    readonly cgo?: boolean;
    /** Build time in seconds, measured on two cores with a cold cache, after the preceding modules in the list. */
    readonly estimate: number;
}

/**
 * Files for `go:embed`, which requires them in the folder of the source file. The build uses an overlay to add them.
 */
export interface GoEmbeds {
    readonly goModule: string;
    /** Folder of the files in the required module. */
    readonly from: string;
    /** Folder of the package that embeds the files, relative to this module. */
    readonly to: string;
    readonly files: readonly string[];
}

/** Versions for image names and messages. The go.mod files pin the versions that are built. */
export const VERSIONS = {
    /** Release whose packages the Kubernetes provider requires. */
    pulumi: "3.215.0",
    /** Version of the npm package, which the engine requires of the provider. */
    pulumiKubernetes: "4.24.1",
    kubernetes: "1.37.2",
    coredns: "1.14.7",
    metricsServer: "0.9.0",
    collector: "0.161.0",
    telemetrygen: "0.161.0",
    jaeger: "2.13.0",
    prometheus: "3.16.0",
    /** The last release whose module contains the web UI. */
    alertmanager: "0.31.1",
    helm: "4.3.1",
    traefik: "3.7.13",
    victoriaLogs: "1.52.1",
} as const;

const KUBERNETES = "k8s.io/kubernetes/cmd";
const PULUMI_KUBERNETES = "github.com/pulumi/pulumi-kubernetes/provider/v4";
const CNI = "github.com/containernetworking/plugins/plugins";
const CONTAINERD = "github.com/containerd/containerd/v2/cmd";

/** Modules in build order. Long builds are first, so that the estimate becomes accurate early. */
export const SANDBOX_MODULES: readonly GoModule[] = [
    {
        name: "kubernetes",
        title: `Kubernetes ${VERSIONS.kubernetes}`,
        programs: {
            "kube-apiserver": `${KUBERNETES}/kube-apiserver`,
            "kube-controller-manager": `${KUBERNETES}/kube-controller-manager`,
            "kube-proxy": `${KUBERNETES}/kube-proxy`,
            "kube-scheduler": `${KUBERNETES}/kube-scheduler`,
            kubectl: `${KUBERNETES}/kubectl`,
            kubelet: `${KUBERNETES}/kubelet`,
        },
        variables: {
            "k8s.io/component-base/version.gitVersion": `v${VERSIONS.kubernetes}`,
            "k8s.io/component-base/version.gitMajor": "1",
            "k8s.io/component-base/version.gitMinor": "37",
            "k8s.io/client-go/pkg/version.gitVersion": `v${VERSIONS.kubernetes}`,
        },
        estimate: 280,
    },
    {
        name: "metrics-server",
        title: `metrics-server ${VERSIONS.metricsServer}`,
        programs: { "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server" },
        variables: { "k8s.io/client-go/pkg/version.gitVersion": `v${VERSIONS.metricsServer}` },
        estimate: 6,
    },
    {
        name: "network-policies",
        title: "kube-network-policies",
        programs: { "network-policies": "." },
        // The Kubernetes build has compiled most of its packages.
        estimate: 15,
    },
    {
        name: "pulumi",
        // One module, so that both programs share compiled packages.
        title: `Pulumi ${VERSIONS.pulumi} and its Kubernetes provider`,
        programs: {
            pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            "pulumi-resource-kubernetes": "./pulumi-resource-kubernetes",
        },
        embeds: {
            goModule: PULUMI_KUBERNETES,
            from: "cmd/pulumi-resource-kubernetes",
            to: "pulumi-resource-kubernetes",
            files: ["schema.json", "terraform-mapping.json"],
        },
        tags: ["grpcnotrace"],
        variables: {
            "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": VERSIONS.pulumi,
            [`${PULUMI_KUBERNETES}/pkg/version.Version`]: VERSIONS.pulumiKubernetes,
        },
        estimate: 330,
    },
    {
        name: "pulumi-language-nodejs",
        title: "Pulumi's Node.js host",
        programs: {
            "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
        },
        estimate: 20,
    },
    {
        name: "runtime",
        title: "containerd, CNI plugins and etcd",
        programs: {
            containerd: `${CONTAINERD}/containerd`,
            "containerd-shim-runc-v2": `${CONTAINERD}/containerd-shim-runc-v2`,
            ctr: `${CONTAINERD}/ctr`,
            loopback: `${CNI}/main/loopback`,
            ptp: `${CNI}/main/ptp`,
            "host-local": `${CNI}/ipam/host-local`,
            etcd: "go.etcd.io/etcd/server/v3",
        },
        estimate: 55,
    },
    {
        name: "runc",
        title: "runc",
        programs: { runc: "github.com/opencontainers/runc" },
        // Without libseccomp, pods with a seccomp profile do not start. All pods of the stack have one.
        tags: ["seccomp"],
        cgo: true,
        estimate: 15,
    },
    {
        name: "coredns",
        title: `CoreDNS ${VERSIONS.coredns}`,
        programs: { coredns: "." },
        estimate: 4,
    },
    { name: "pause", title: "pause", programs: { pause: "." }, estimate: 2 },
    {
        name: "collector",
        title: `Collector ${VERSIONS.collector}`,
        programs: { "otelcol-contrib": "." },
        tags: ["grpcnotrace"],
        estimate: 115,
    },
    {
        name: "collector-agent",
        title: `Collector ${VERSIONS.collector} as an agent`,
        programs: { "otelcol-agent": "." },
        tags: ["grpcnotrace"],
        // The Collector build has compiled most of its packages.
        estimate: 30,
    },
    {
        name: "telemetrygen",
        title: `telemetrygen ${VERSIONS.telemetrygen}`,
        programs: {
            telemetrygen: "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen",
        },
        estimate: 8,
    },
    {
        name: "jaeger",
        title: `Jaeger ${VERSIONS.jaeger}`,
        programs: { jaeger: "github.com/jaegertracing/jaeger/cmd/jaeger" },
        variables: { "github.com/jaegertracing/jaeger/internal/version.latestVersion": `v${VERSIONS.jaeger}` },
        estimate: 110,
    },
    {
        name: "prometheus",
        title: `Prometheus ${VERSIONS.prometheus}`,
        programs: {
            prometheus: "github.com/prometheus/prometheus/cmd/prometheus",
            promtool: "github.com/prometheus/prometheus/cmd/promtool",
        },
        tags: ["netgo", "remove_all_sd", "enable_kubernetes_sd", "enable_dns_sd"],
        variables: { "github.com/prometheus/common/version.Version": VERSIONS.prometheus },
        estimate: 95,
    },
    {
        name: "alertmanager",
        title: `Alertmanager ${VERSIONS.alertmanager}`,
        programs: {
            alertmanager: "github.com/prometheus/alertmanager/cmd/alertmanager",
            amtool: "github.com/prometheus/alertmanager/cmd/amtool",
        },
        tags: ["netgo"],
        variables: { "github.com/prometheus/common/version.Version": VERSIONS.alertmanager },
        estimate: 40,
    },
    {
        name: "victoria-logs",
        title: `VictoriaLogs ${VERSIONS.victoriaLogs}`,
        programs: { "victoria-logs": "github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs" },
        variables: {
            "github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version": `victoria-logs-v${VERSIONS.victoriaLogs}`,
        },
        estimate: 17,
    },
];

/** Programs with which `make lint` checks manifests and dependencies. The sandbox does not need them. */
export const LINT_MODULES: readonly GoModule[] = [
    {
        name: "kube-score",
        title: "kube-score",
        programs: { "kube-score": "github.com/zegl/kube-score/cmd/kube-score" },
        estimate: 16,
    },
    {
        name: "cyclonus",
        title: "cyclonus",
        programs: { cyclonus: "github.com/mattfenwick/cyclonus/cmd/cyclonus" },
        // 6 s after the Kubernetes build, which compiles most of its packages.
        estimate: 40,
    },
    { name: "licenses", title: "the license checker", programs: { licenses: "." }, estimate: 3 },
];

/** Helm, which checks and installs the charts. The sandbox does not need it. */
export const CHART_MODULES: readonly [GoModule] = [
    {
        name: "helm",
        title: `Helm ${VERSIONS.helm}`,
        programs: { helm: "helm.sh/helm/v4/cmd/helm" },
        variables: { "helm.sh/helm/v4/internal/version.version": `v${VERSIONS.helm}` },
        estimate: 12,
    },
];

/** Programs that `make e2e` deploys in addition to the stack. `make up` does not need them. */
export const E2E_MODULES: readonly GoModule[] = [
    {
        name: "traefik",
        title: `Traefik ${VERSIONS.traefik}`,
        programs: { traefik: "github.com/traefik/traefik/v3/cmd/traefik" },
        variables: { "github.com/traefik/traefik/v3/pkg/version.Version": VERSIONS.traefik },
        // The sandbox build has compiled its Kubernetes packages.
        estimate: 28,
    },
];
