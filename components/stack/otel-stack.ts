import * as pulumi from "@pulumi/pulumi";
import { type Plan, resolvePlan } from "../../config/model/plan";
import { WORKLOAD_NAMES as NAMES } from "../../config/model/workload-names";
import type { StackSettings, StackSettingsInput } from "../../config/schema/schema";
import { isValid, validate } from "../../config/validate";
import { ClusterTelemetry } from "../cluster-telemetry/cluster-telemetry";
import { agentFlows } from "../cluster-telemetry/flows";
import { CLUSTER_TELEMETRY_NAMES } from "../cluster-telemetry/names";
import { Collector } from "../collector/collector";
import { markDestinationSecrets } from "../collector/config/destination-exporters";
import type { BackendEndpoints } from "../collector/config/exporters";
import {
    collectorScrapeTargets,
    internalMetricsJob,
    resolveScrapedPods,
    traceTierTargets,
} from "../collector/scrape-targets";
import { TraceTier } from "../collector/trace-tier";
import { Exposure } from "../exposure/exposure";
import { resolveExposureTargets } from "../exposure/targets";
import { GRAFANA_ADMIN } from "../grafana/config";
import { resolveDashboardContext, resolveDataSourceUrls, resolveGrafanaRootUrl } from "../grafana/from-settings";
import { Grafana } from "../grafana/grafana";
import { Jaeger } from "../jaeger/jaeger";
import { forcePatch } from "../kubernetes/force-patch";
import { DEFAULT_STACK_NAME, renderResourceName } from "../kubernetes/resource-names";
import { Loki } from "../loki/loki";
import { NetworkPolicies } from "../network-policies/network-policies";
import { PROMETHEUS_JOB } from "../prometheus/config";
import { Prometheus } from "../prometheus/prometheus";
import { resolveRuleGroups } from "../prometheus/rules/rules";
import { Shop } from "../shop/shop";
import { Telemetrygen } from "../telemetrygen/telemetrygen";
import { victoriaLogsHeaders } from "../victoria-logs/config";
import { VictoriaLogs } from "../victoria-logs/victoria-logs";
import {
    AGENT_ENV_NAME,
    APPLICATION_ENV_NAME,
    type EnvVariables,
    createEnvConfigMap,
    renderContainerEnv,
    renderContainerEnvFrom,
    renderShellEnv,
    resolveApplicationEnv,
} from "./application-env";
import { type StackEndpoints, resolveEndpoints } from "./endpoints";
import { resolveFlows } from "./flows";
import { getOrCreateNamespace } from "./namespace";
import {
    type StackOutputs,
    durabilityOutput,
    endpointOutputs,
    externalUrlsOutput,
    portForwardOutputs,
    secureOtlpOutput,
    verificationOutput,
} from "./outputs";

/**
 * The settings of a stack, with the keys of docs/reference/settings.md without `otel-stack:`. Each has a default.
 * Values are plain: a secret, such as a destination's header, is a string.
 */
export type OtelStackArgs = StackSettingsInput;

/**
 * A complete OpenTelemetry backend: Collectors, Jaeger, Prometheus, a log store and Grafana.
 *
 * A program may have several. Each needs a name and Namespaces of its own.
 *
 * @example
 * ```ts
 * const stack = new OtelStack(
 *     "telemetry",
 *     {
 *         namespace: { name: "telemetry" },
 *         clusterTelemetry: { namespace: "telemetry-agents" },
 *         durability: { mode: "disk" },
 *     },
 *     { provider: cluster },
 * );
 * const env = stack.outputs.applicationEnv;
 * ```
 */
export class OtelStack extends pulumi.ComponentResource {
    /** Addresses, port-forwards, credentials and other information for users of the stack. */
    readonly outputs: StackOutputs;

    private readonly plan: Plan;
    private readonly endpoints: StackEndpoints;
    private readonly applicationEnv: EnvVariables;
    /** Undefined if agents do not accept OTLP. */
    private readonly agentEnv: EnvVariables | undefined;
    /** An output of the Namespace, so that resources that use it are created after it and deleted before it. */
    private readonly namespace: pulumi.Output<string>;

    /**
     * @param args Settings that {@link validate} has returned, or a part of them, which the constructor validates.
     * @throws pulumi.RunError with all issues of the settings, before any resource is registered.
     */
    constructor(
        private readonly name: string,
        args: OtelStackArgs = {},
        opts: pulumi.ComponentResourceOptions = {},
    ) {
        const plan = resolvePlan(parseArgs(name, args));
        super("otel-stack:index:OtelStack", name, {}, withForcePatch(opts));
        this.plan = plan;
        this.endpoints = resolveEndpoints(NAMES, plan.settings);
        this.applicationEnv = resolveApplicationEnv(this.endpoints.collector.otlpHttp, plan);
        this.agentEnv = plan.settings.clusterTelemetry.agentOtlp.enabled
            ? resolveApplicationEnv(this.endpoints.agent.otlpHttp, plan)
            : undefined;
        this.namespace = this.createNamespace();
        this.createEnvConfigMaps();

        this.createNetworkPolicies();
        const backends = this.createBackends();
        const collector = this.createCollectors(backends);
        this.createClusterTelemetry(collector);
        const grafana = this.createGrafana();
        this.createClients(collector);
        this.createExposure();

        this.outputs = this.resolveOutputs(grafana);
        this.registerOutputs({ ...this.outputs });
    }

    private createNamespace(): pulumi.Output<string> {
        const { retainsNamespace, settings } = this.plan;
        return getOrCreateNamespace(
            this.childName(settings.namespace.name),
            settings.namespace,
            this.childOptions({ retainOnDelete: retainsNamespace }),
        ).metadata.name;
    }

    /** Creates the ConfigMaps with the environment of applications, in each Namespace that the settings name. */
    private createEnvConfigMaps(): void {
        const { applicationEnv, images } = this.plan.settings;
        const sets = [
            { objectName: APPLICATION_ENV_NAME, variables: this.applicationEnv, image: images.collector },
            ...(this.agentEnv
                ? [{ objectName: AGENT_ENV_NAME, variables: this.agentEnv, image: images.agent ?? images.collector }]
                : []),
        ];
        for (const set of sets) {
            createEnvConfigMap(
                this.childName(set.objectName),
                { ...set, namespace: this.namespace },
                this.childOptions(),
            );
            for (const namespace of applicationEnv.namespaces) {
                const name = this.childName(`${set.objectName}-${namespace}`);
                createEnvConfigMap(name, { ...set, namespace }, this.childOptions());
            }
        }
    }

    private createNetworkPolicies(): void {
        const { settings } = this.plan;
        if (settings.networkPolicies.enabled) {
            new NetworkPolicies(
                this.childName("network"),
                {
                    namespace: this.namespace,
                    flows: resolveFlows(NAMES, this.plan),
                    // An existing Namespace may contain other pods.
                    ownsNamespace: settings.namespace.create,
                },
                this.childOptions(),
            );
        }
    }

    /**
     * @returns the resources that must be ready before the Collectors and stay until the Collectors have stopped,
     * because they still send data.
     */
    private createBackends(): readonly pulumi.Resource[] {
        const { plan } = this;
        const { images, jaeger, loki, victoriaLogs } = plan.settings;
        const shared = this.sharedArgs();
        return [
            ...(jaeger.enabled
                ? [
                      new Jaeger(
                          this.childName(NAMES.jaeger),
                          {
                              ...jaeger,
                              ...shared,
                              image: images.jaeger,
                              volumeSize: plan.volumeSizes.jaeger,
                              acceptsOtlpHttp: plan.jaegerAcceptsHttp,
                              ...(plan.spanMetrics ? { spanMetricsUrl: this.endpoints.prometheus.api.urls.short } : {}),
                          },
                          this.childOptions(),
                      ),
                  ]
                : []),
            ...(loki.enabled
                ? [
                      new Loki(
                          this.childName(NAMES.loki),
                          {
                              ...loki,
                              ...shared,
                              image: images.loki,
                              volumeSize: plan.volumeSizes.loki,
                              maxReplayDelaySeconds: plan.maxReplayDelaySeconds,
                          },
                          this.childOptions(),
                      ),
                  ]
                : []),
            ...(victoriaLogs.enabled
                ? [
                      new VictoriaLogs(
                          this.childName(NAMES.victoriaLogs),
                          {
                              ...victoriaLogs,
                              ...shared,
                              image: images.victoriaLogs,
                              volumeSize: plan.volumeSizes.victoriaLogs,
                          },
                          this.childOptions(),
                      ),
                  ]
                : []),
            ...this.createPrometheus(),
        ];
    }

    private createPrometheus(): readonly Prometheus[] {
        const { endpoints, plan } = this;
        const { images, jaeger, prometheus } = plan.settings;
        if (!prometheus.enabled) {
            return [];
        }
        const targets = [
            ...collectorScrapeTargets(NAMES.collector, endpoints.collector, plan.routes, resolveScrapedPods(plan)),
            ...traceTierTargets(NAMES.traceTier, plan),
            ...(jaeger.enabled ? [{ job: NAMES.jaeger, addresses: [endpoints.jaeger.telemetry.address] }] : []),
            ...plan.logStores.map((store) => ({ job: NAMES[store], addresses: [endpoints[store].api.address] })),
        ];
        const jobs = {
            ...NAMES,
            collector: internalMetricsJob(NAMES.collector),
            traceTier: internalMetricsJob(NAMES.traceTier),
            prometheus: PROMETHEUS_JOB,
        };
        return [
            new Prometheus(
                this.childName(NAMES.prometheus),
                {
                    ...prometheus,
                    ...this.sharedArgs(),
                    image: images.prometheus,
                    volumeSize: plan.volumeSizes.prometheus,
                    targets,
                    ruleGroups: resolveRuleGroups(plan, jobs),
                    maxReplayDelaySeconds: plan.maxReplayDelaySeconds,
                    externalUrl: plan.exposure.urls.prometheus,
                    pushProtocol: plan.spanMetrics || plan.pushesReceivedMetrics ? plan.metricsPushProtocol : undefined,
                },
                this.childOptions(),
            ),
        ];
    }

    /** @returns the Collector that receives all telemetry. With two tiers, the trace tier is ready before it. */
    private createCollectors(backends: readonly pulumi.Resource[]): Collector {
        const { ingestTier, metricsPushProtocol, settings, traceTier } = this.plan;
        const { clusterTelemetry, images } = settings;
        const shared = {
            ...settings.collector,
            ...this.sharedArgs(),
            image: images.collector,
            pushProtocol: metricsPushProtocol,
            backends: this.resolveCollectorBackends(),
        };
        const dependsOn = [...backends];
        if (traceTier) {
            dependsOn.push(
                new TraceTier(
                    this.childName(NAMES.traceTier),
                    { ...shared, ...traceTier, destinations: markDestinationSecrets(traceTier.destinations) },
                    this.childOptions({ dependsOn: [...backends] }),
                ),
            );
        }
        return new Collector(
            this.childName(NAMES.collector),
            {
                ...shared,
                ...ingestTier,
                destinations: markDestinationSecrets(ingestTier.destinations),
                podAttributes: clusterTelemetry.kubernetesAttributes.enabled
                    ? {
                          clusterRoleName: `${settings.namespace.name}-pods`,
                          agentNames: Object.values(CLUSTER_TELEMETRY_NAMES),
                          viaAgent: clusterTelemetry.agentOtlp.enabled,
                      }
                    : undefined,
                labelsByResource: this.plan.clusterTelemetry.collectsNodeMetrics,
            },
            this.childOptions({ dependsOn }),
        );
    }

    private resolveCollectorBackends(): BackendEndpoints {
        const { jaeger, loki, prometheus, traceTier, victoriaLogs } = this.endpoints;
        return {
            jaeger: jaeger.otlp.address,
            jaegerOtlp: jaeger.otlpHttp.urls.short,
            lokiOtlp: loki.otlpUrl,
            victoriaLogs: {
                otlp: victoriaLogs.otlpUrl,
                headers: victoriaLogsHeaders(this.plan.settings.victoriaLogs),
            },
            prometheusOtlp: prometheus.otlpUrl,
            prometheusRemoteWrite: prometheus.remoteWriteUrl,
            traceTier: traceTier.host,
        };
    }

    private createClusterTelemetry(collector: Collector): void {
        const { clusterTelemetry, routedSignals, settings } = this.plan;
        if (!clusterTelemetry.enabled) {
            return;
        }
        new ClusterTelemetry(
            this.childName("cluster-telemetry"),
            {
                clusterTelemetry: settings.clusterTelemetry,
                plan: clusterTelemetry,
                image: settings.images.agent ?? settings.images.collector,
                rolloutTimeout: settings.rolloutTimeout,
                stackNamespace: settings.namespace.name,
                otlpEndpoint: this.endpoints.collector.otlpGrpc.address,
                batch: settings.collector.batch,
                receiver: settings.collector.receiver,
                signals: routedSignals,
                ...(settings.networkPolicies.enabled ? { flows: agentFlows(NAMES.collector, this.plan) } : {}),
            },
            // On destroy, the Collector accepts their last data.
            this.childOptions(
                { dependsOn: collector },
                { name: "cluster", type: "otel-stack:index:ClusterCollection" },
            ),
        );
    }

    private createGrafana(): Grafana | undefined {
        const { grafana, images, prometheus } = this.plan.settings;
        if (!grafana.enabled) {
            return undefined;
        }
        return new Grafana(
            this.childName(NAMES.grafana),
            {
                ...grafana,
                ...this.sharedArgs(),
                image: images.grafana,
                rootUrl: resolveGrafanaRootUrl(this.plan),
                urls: resolveDataSourceUrls(this.endpoints, this.plan),
                scrapeInterval: prometheus.scrapeInterval,
                plugin: this.plan.grafanaReadsVictoriaLogs ? grafana.victoriaLogsPlugin : undefined,
                dashboards: resolveDashboardContext(this.plan),
            },
            this.childOptions(),
        );
    }

    /** Creates the workloads that send to the Collector. */
    private createClients(collector: Collector): void {
        const { settings, telemetrygenSignals } = this.plan;
        const { images, shop, telemetrygen } = settings;
        new Telemetrygen(
            this.childName(NAMES.telemetrygen),
            {
                ...telemetrygen,
                namespace: this.namespace,
                image: images.telemetrygen,
                signals: telemetrygenSignals,
                otlpEndpoint: this.endpoints.collector.otlpGrpc.address,
            },
            // It fails if the Collector is not listening.
            this.childOptions({ dependsOn: collector }),
        );
        if (shop.enabled && images.shop !== undefined) {
            new Shop(
                this.childName(NAMES.shop),
                {
                    ...shop,
                    ...this.sharedArgs(),
                    image: images.shop,
                    endpoints: this.endpoints.shop,
                    telemetry: this.applicationEnv,
                },
                // On destroy, the Collector accepts its last data.
                this.childOptions({ dependsOn: collector }, { type: "otel-stack:index:App" }),
            );
        }
    }

    private createExposure(): void {
        const { exposure, settings } = this.plan;
        if (exposure.hosts.length > 0) {
            new Exposure(
                this.childName("exposure"),
                {
                    ...settings.expose,
                    tlsMode: exposure.tlsMode,
                    namespace: this.namespace,
                    targets: resolveExposureTargets(NAMES, this.plan),
                },
                this.childOptions({}, { name: "publish", type: "otel-stack:index:Publish" }),
            );
        }
    }

    private resolveOutputs(grafana: Grafana | undefined): StackOutputs {
        const { endpoints, plan } = this;
        const secureOtlp = secureOtlpOutput(NAMES.collector, endpoints.collector, plan);
        const externalUrls = externalUrlsOutput(plan);
        return {
            namespace: plan.settings.namespace.name,
            endpoints: endpointOutputs(endpoints, plan),
            applicationEnv: this.applicationEnv,
            applicationEnvShell: renderShellEnv(this.applicationEnv),
            applicationEnvYaml: renderContainerEnv(this.applicationEnv),
            applicationEnvFromYaml: renderContainerEnvFrom(),
            ...(this.agentEnv ? { agentEnv: this.agentEnv } : {}),
            portForwards: portForwardOutputs(NAMES, plan),
            ...(grafana ? { grafanaAdmin: { user: GRAFANA_ADMIN, password: grafana.adminPassword } } : {}),
            ...(secureOtlp ? { secureOtlp } : {}),
            ...(externalUrls ? { externalUrls } : {}),
            verification: verificationOutput(plan),
            storedData: plan.storedData,
            durability: durabilityOutput(plan),
        };
    }

    /** Arguments of nearly all workloads. */
    private sharedArgs(): { readonly namespace: pulumi.Output<string>; readonly rolloutTimeout: string } {
        return { namespace: this.namespace, rolloutTimeout: this.plan.settings.rolloutTimeout };
    }

    private childName(objectName: string): string {
        return renderResourceName(this.name, objectName);
    }

    /**
     * @param former Other properties that identified a child when the stack's resources had no parent. With this alias,
     * Pulumi moves the resources of such a stack instead of replacing them.
     */
    private childOptions<Opts extends pulumi.ResourceOptions>(
        opts?: Opts,
        former: Pick<pulumi.Alias, "name" | "type"> = {},
    ): Opts & pulumi.ResourceOptions {
        return {
            ...(opts ?? ({} as Opts)),
            parent: this,
            ...(this.name === DEFAULT_STACK_NAME ? { aliases: [{ ...former, parent: pulumi.rootStackResource }] } : {}),
        };
    }
}

function withForcePatch(opts: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    return { ...opts, transformations: [...(opts.transformations ?? []), forcePatch] };
}

function parseArgs(name: string, args: OtelStackArgs): StackSettings {
    if (isValid(args)) {
        return args;
    }
    const { settings, issues } = validate({ ...args });
    if (issues) {
        const lines = issues.map(({ key, message }) => `  ${key}: ${message}`);
        throw new pulumi.RunError(`the arguments of OtelStack ${name} are not valid:\n${lines.join("\n")}`);
    }
    return settings;
}
