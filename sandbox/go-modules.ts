/** Programs that are built together: one folder of sandbox/modules with its go.mod and go.sum. */
export interface GoModule {
    /** Folder below sandbox/modules. */
    readonly name: string;
    /** What a person reads while it is built. */
    readonly title: string;
    /** Program to its Go package. */
    readonly programs: Readonly<Record<string, string>>;
    readonly tags?: readonly string[];
    /** Values set in the programs by the linker. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Files of a required Go module that a package of this one embeds. */
    readonly embeds?: GoEmbeds;
    /** Whether the C compiler takes part; without it the programs are static. */
    readonly cgo?: boolean;
    /** Seconds that the build took on two cores, after those before it in the list, from a cold cache. */
    readonly estimate: number;
}

/** `go:embed` takes only files beside the source file; the build places these there without copying them. */
export interface GoEmbeds {
    readonly goModule: string;
    /** Folder of the files in that module. */
    readonly from: string;
    /** Folder of the package that embeds them, below the module's own. */
    readonly to: string;
    readonly files: readonly string[];
}

/** Versions appear in the images' names and in messages; the go.mod files pin what is built. */
export const VERSIONS = {
    /** The release whose packages the Kubernetes provider is built from. */
    pulumi: "3.215.0",
    /** The provider says the version of the npm package, which the engine asks for. */
    pulumiKubernetes: "4.24.1",
    kubernetes: "1.37.2",
    coredns: "1.14.7",
    metricsServer: "0.9.0",
    collector: "0.161.0",
    telemetrygen: "0.161.0",
    jaeger: "2.13.0",
    prometheus: "3.16.0",
    helm: "4.3.1",
    traefik: "3.7.13",
    victoriaLogs: "1.52.1",
} as const;

const KUBERNETES = "k8s.io/kubernetes/cmd";
const PULUMI_KUBERNETES = "github.com/pulumi/pulumi-kubernetes/provider/v4";
const CNI = "github.com/containernetworking/plugins/plugins";
const CONTAINERD = "github.com/containerd/containerd/v2/cmd";

/** In the order in which they are built: the longest first, so that the estimate is soon a good one. */
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
        // Most of it was compiled for Kubernetes.
        estimate: 15,
    },
    {
        name: "pulumi",
        // In one module, so that both are built from the same packages: the command alone is half of the provider.
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
        // Without libseccomp every pod with a seccomp profile, so every pod of the stack, fails to start.
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
        // Most of it was compiled for the Collector.
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
        name: "victoria-logs",
        title: `VictoriaLogs ${VERSIONS.victoriaLogs}`,
        programs: { "victoria-logs": "github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs" },
        variables: {
            "github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version": `victoria-logs-v${VERSIONS.victoriaLogs}`,
        },
        estimate: 17,
    },
];

/** What `make lint` checks the rendered manifests and the dependencies with; the sandbox does not need it. */
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
        // After Kubernetes 6, as most of it is compiled by then.
        estimate: 40,
    },
    { name: "licenses", title: "what recognizes licenses", programs: { licenses: "." }, estimate: 3 },
];

/** What the charts of the stacks are checked and installed with; the sandbox does not need it. */
export const CHART_MODULES: readonly [GoModule] = [
    {
        name: "helm",
        title: `Helm ${VERSIONS.helm}`,
        programs: { helm: "helm.sh/helm/v4/cmd/helm" },
        variables: { "helm.sh/helm/v4/internal/version.version": `v${VERSIONS.helm}` },
        estimate: 12,
    },
];

/** What `make e2e` puts beside the stack, to see it used; `make up` does without. */
export const E2E_MODULES: readonly GoModule[] = [
    {
        name: "traefik",
        title: `Traefik ${VERSIONS.traefik}`,
        programs: { traefik: "github.com/traefik/traefik/v3/cmd/traefik" },
        variables: { "github.com/traefik/traefik/v3/pkg/version.Version": VERSIONS.traefik },
        // What is Kubernetes' own in it was compiled for the sandbox.
        estimate: 28,
    },
];
