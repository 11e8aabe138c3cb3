import type * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../config/model/plan";
import { WORKLOAD_NAMES as NAMES } from "../../config/model/workload-names";
import { Alertmanager, markReceiverSecrets } from "../alertmanager/alertmanager";
import {
    collectorScrapeTargets,
    internalMetricsJob,
    resolveScrapedPods,
    traceTierTargets,
} from "../collector/scrape-targets";
import { resolveGrafanaRootUrl } from "../grafana/from-settings";
import { Jaeger } from "../jaeger/jaeger";
import { Loki } from "../loki/loki";
import { PROMETHEUS_JOB } from "../prometheus/config";
import { Prometheus } from "../prometheus/prometheus";
import { resolveRuleGroups } from "../prometheus/rules/rules";
import type { RuleGroup } from "../prometheus/rules/types";
import { VictoriaLogs } from "../victoria-logs/victoria-logs";
import type { StackContext } from "./stack-context";

/**
 * @returns the resources that must be ready before the Collectors and stay until the Collectors have stopped,
 * because they still send data.
 */
export function createBackends(stack: StackContext): readonly pulumi.Resource[] {
    const { plan } = stack;
    const { images } = plan;
    const { jaeger, loki, victoriaLogs } = plan.settings;
    return [
        ...(jaeger.enabled
            ? [
                  new Jaeger(
                      stack.childName(NAMES.jaeger),
                      {
                          ...jaeger,
                          ...stack.sharedArgs("jaeger"),
                          image: images.jaeger,
                          volumeSize: plan.volumeSizes.jaeger,
                          acceptsOtlpHttp: plan.jaegerAcceptsHttp,
                          maxSpansPerTrace: plan.maxSpansPerTrace,
                          basePath: plan.exposure.basePaths.jaeger,
                          ...(plan.spanMetrics ? { spanMetricsUrl: stack.endpoints.prometheus.api.url } : {}),
                      },
                      stack.childOptions(),
                  ),
              ]
            : []),
        ...(loki.enabled
            ? [
                  new Loki(
                      stack.childName(NAMES.loki),
                      {
                          ...loki,
                          ...stack.sharedArgs("loki"),
                          image: images.loki,
                          volumeSize: plan.volumeSizes.loki,
                          maxReplayDelaySeconds: plan.maxReplayDelaySeconds,
                      },
                      stack.childOptions(),
                  ),
              ]
            : []),
        ...(victoriaLogs.enabled
            ? [
                  new VictoriaLogs(
                      stack.childName(NAMES.victoriaLogs),
                      {
                          ...victoriaLogs,
                          ...stack.sharedArgs("victoriaLogs"),
                          image: images.victoriaLogs,
                          volumeSize: plan.volumeSizes.victoriaLogs,
                      },
                      stack.childOptions(),
                  ),
              ]
            : []),
        ...createPrometheus(stack),
    ];
}

function createPrometheus(stack: StackContext): readonly pulumi.Resource[] {
    const { endpoints, plan } = stack;
    const { jaeger, prometheus } = plan.settings;
    if (!prometheus.enabled) {
        return [];
    }
    const targets = [
        ...collectorScrapeTargets(NAMES.collector, endpoints.collector, plan.routes, resolveScrapedPods(plan)),
        ...traceTierTargets(NAMES.traceTier, plan),
        ...(jaeger.enabled ? [{ job: NAMES.jaeger, addresses: [endpoints.jaeger.telemetry.address] }] : []),
        ...plan.logStores.map((store) => ({ job: NAMES[store], addresses: [endpoints[store].api.address] })),
        ...(plan.alertmanager ? [{ job: NAMES.alertmanager, addresses: endpoints.alertmanager.pods }] : []),
    ];
    const ruleGroups = resolveStackRules(plan);
    return [
        new Prometheus(
            stack.childName(NAMES.prometheus),
            {
                ...prometheus,
                ...stack.sharedArgs("prometheus"),
                image: plan.images.prometheus,
                volumeSize: plan.volumeSizes.prometheus,
                targets,
                alertmanagers: plan.alertmanager ? endpoints.alertmanager.pods : [],
                ruleGroups,
                maxReplayDelaySeconds: plan.maxReplayDelaySeconds,
                externalUrl: plan.exposure.urls.prometheus,
                basePath: plan.exposure.basePaths.prometheus,
                pushProtocol: plan.metricsPushProtocol,
            },
            stack.childOptions(),
        ),
        ...createAlertmanager(stack, ruleGroups),
    ];
}

function resolveStackRules(plan: Plan): readonly RuleGroup[] {
    const jobs = {
        ...NAMES,
        collector: internalMetricsJob(NAMES.collector),
        scrapedMetrics: NAMES.collector,
        traceTier: internalMetricsJob(NAMES.traceTier),
        prometheus: PROMETHEUS_JOB,
    };
    return resolveRuleGroups(plan, jobs, plan.settings.grafana.enabled ? resolveGrafanaRootUrl(plan) : undefined);
}

function createAlertmanager(stack: StackContext, ruleGroups: readonly RuleGroup[]): readonly Alertmanager[] {
    const { alertmanager, images } = stack.plan;
    return alertmanager === undefined
        ? []
        : [
              new Alertmanager(
                  stack.childName(NAMES.alertmanager),
                  {
                      ...alertmanager,
                      ...stack.sharedArgs("alertmanager"),
                      image: images.alertmanager,
                      receivers: markReceiverSecrets(alertmanager.receivers),
                      peers: stack.endpoints.alertmanager.peers,
                      ruleGroups,
                  },
                  stack.childOptions(),
              ),
          ];
}
