import type { LogLimits } from "../../../config/model/log-stores";
import type { SeriesLimits } from "../../../config/model/series-limit";
import { renderPodProcessors } from "./k8s-attributes";
import { JAEGER_LIMITS, renderJaegerLimits } from "./jaeger-limits";
import { LOG_REPAIRS, renderLogRepairs } from "./log-repairs";
import { LOKI_LIMITS, renderLokiLimits } from "./loki-limits";
import { AZURE_MEMORY_LIMITER, renderAzureMemoryLimiter, renderMemoryLimiter } from "./memory-limiter";
import { ASYNC_BATCH, ASYNC_DEBUG, type PipelineArgs, type Pipelines, isInPipelines } from "./pipelines";
import { PROMETHEUS_LIMIT_PROCESSORS, renderPrometheusLimits } from "./prometheus-limits";
import { renderRedactionProcessors } from "./redaction";
import { COUNT_REPAIRS, renderRepairProcessors } from "./repair-counts";
import { ADD_RESOURCE_LABELS, renderResourceLabels } from "./resource-labels";
import { renderSeriesLimit } from "./series-limit";
import { IDENTIFY_SPAN_METRICS, renderSpanMetricsIdentity } from "./span-metrics";
import { SPAN_REPAIRS, renderSpanRepairs } from "./span-repairs";
import { TAIL_SAMPLING, renderTailSampling } from "./tail-sampling";
import type { CollectorConfig, ConnectorId, ProcessorId } from "./types/collector-config";
import { VICTORIA_LOGS_LIMITS, renderVictoriaLogsLimits } from "./victoria-logs-limits";

export interface ProcessorArgs extends Pick<
    PipelineArgs,
    "podAttributes" | "prometheusLimits" | "redaction" | "resources" | "tailSampling" | "tier"
> {
    /** What the log stores accept. */
    readonly logLimits: LogLimits;
    /** How many series go to Prometheus. */
    readonly seriesLimits: SeriesLimits;
}

/** Renders the processors that the pipelines use. */
export function renderProcessors(pipelines: Pipelines, args: ProcessorArgs): CollectorConfig["processors"] {
    const { logLimits, podAttributes, prometheusLimits, redaction, resources, seriesLimits, tailSampling, tier } = args;
    const used = (id: ConnectorId | ProcessorId) => isInPipelines(pipelines, id);
    return {
        memory_limiter: renderMemoryLimiter(resources),
        ...(podAttributes ? renderPodProcessors(podAttributes) : {}),
        ...(used(ADD_RESOURCE_LABELS) ? { [ADD_RESOURCE_LABELS]: renderResourceLabels() } : {}),
        ...(used(IDENTIFY_SPAN_METRICS) ? { [IDENTIFY_SPAN_METRICS]: renderSpanMetricsIdentity(tier) } : {}),
        ...(redaction ? renderRedactionProcessors(redaction) : {}),
        ...(tailSampling && used(TAIL_SAMPLING) ? { [TAIL_SAMPLING]: renderTailSampling(tailSampling) } : {}),
        ...(used(SPAN_REPAIRS) ? { [SPAN_REPAIRS]: renderSpanRepairs() } : {}),
        ...(used(LOG_REPAIRS) ? { [LOG_REPAIRS]: renderLogRepairs(logLimits) } : {}),
        ...(used(JAEGER_LIMITS) ? { [JAEGER_LIMITS]: renderJaegerLimits() } : {}),
        ...(used(LOKI_LIMITS) ? { [LOKI_LIMITS]: renderLokiLimits(logLimits) } : {}),
        ...(used(VICTORIA_LOGS_LIMITS) ? { [VICTORIA_LOGS_LIMITS]: renderVictoriaLogsLimits(logLimits) } : {}),
        ...(prometheusLimits && PROMETHEUS_LIMIT_PROCESSORS.some(used) ? renderPrometheusLimits(prometheusLimits) : {}),
        ...renderSeriesLimit(seriesLimits, used),
        ...(used(COUNT_REPAIRS) ? renderRepairProcessors() : {}),
        ...Object.fromEntries(
            [ASYNC_DEBUG, ASYNC_BATCH].filter(used).map((id) => [id, { timeout: "0s", send_batch_size: 0 }] as const),
        ),
        ...(used(AZURE_MEMORY_LIMITER) ? { [AZURE_MEMORY_LIMITER]: renderAzureMemoryLimiter(resources) } : {}),
    };
}
