import type { Signal } from "../../config/types/signal";
import type { ExporterError } from "./collector-log";
import type { FailureContext } from "./failure-context";
import { SCRAPE_JOB } from "./prometheus-reader";
import type { Hop, HopResult, ReadHop } from "./types";

/** The cause of a failed hop, and a command that shows more. */
export interface Diagnosis {
    readonly signal: Signal;
    readonly hop: Hop;
    readonly message: string;
    /** Shell command that shows more about the cause. */
    readonly look: string;
}

/** The backend in which each hop is read. */
const BACKEND_BY_HOP = {
    jaeger: "jaeger",
    exemplar: "prometheus",
    scrape: "prometheus",
    remote_write: "prometheus",
    otlp: "prometheus",
    loki: "loki",
    victorialogs: "victorialogs",
} as const satisfies Record<Exclude<ReadHop, "debug">, string>;

type Finding = Pick<Diagnosis, "message" | "look">;

/** Returns the causes of all failed hops. Protocols with the same cause share one diagnosis. */
export function diagnose(rows: readonly HopResult[], context: FailureContext, namespace: string): Diagnosis[] {
    const failed = rows.filter(({ status }) => status === "failed");
    const found = failed.map((row): Diagnosis => {
        const { signal, hop } = row;
        return {
            signal,
            hop,
            ...(hop === "sent" ? diagnoseSending(row, namespace) : diagnoseReading(row, hop, rows, context, namespace)),
        };
    });
    return found.filter((one, index) => index === found.findIndex((other) => hasSameCause(one, other)));
}

function hasSameCause(one: Diagnosis, other: Diagnosis): boolean {
    // An unreachable Collector fails every signal with the same message, which is reported once.
    return (
        one.hop === other.hop && one.message === other.message && (one.hop === "sent" || one.signal === other.signal)
    );
}

function describePodsCommand(name: string, namespace: string): string {
    return `kubectl describe pods -n ${namespace} -l app.kubernetes.io/name=${name}`;
}

function logsCommand(name: string, namespace: string, which = "--tail=100"): string {
    return `kubectl logs -n ${namespace} -l app.kubernetes.io/name=${name} ${which}`;
}

function diagnoseSending({ detail, unreachable, protocol }: HopResult, namespace: string): Finding {
    return unreachable
        ? {
              message: `Sending: the Collector is unreachable: ${detail}`,
              look: describePodsCommand("otel-collector", namespace),
          }
        : {
              message: `Sending: the Collector did not accept OTLP ${protocol}: ${detail}`,
              look: logsCommand("otel-collector", namespace),
          };
}

function diagnoseReading(
    row: HopResult,
    hop: ReadHop,
    rows: readonly HopResult[],
    context: FailureContext,
    namespace: string,
): Finding {
    if (hop === "debug") {
        return diagnoseDebugOutput(row, namespace);
    }
    if (row.unreachable) {
        const backend = BACKEND_BY_HOP[hop];
        return {
            message: `Backend ${backend} cannot be read: ${row.detail}`,
            look: describePodsCommand(backend, namespace),
        };
    }
    const { exporterErrors, scrape } = context;
    if (hop === "scrape") {
        return diagnoseScrape(scrape, namespace);
    }
    const failingExporter = exporterErrors?.find((error) => isExporterFor(hop, row.signal, error));
    if (failingExporter !== undefined) {
        return {
            message: `The Collector accepted the data, but its exporter ${failingExporter.component} fails: ${failingExporter.text}`,
            look: `${logsCommand("otel-collector", namespace, "--tail=-1 --since=10m")} | grep '${failingExporter.component}'`,
        };
    }
    return diagnoseLoss(row, hop, rows, namespace);
}

/** Component ids of the exporters that push metrics. */
const PUSH_EXPORTER = /remote_?write|^otlp_http\/prometheus$/;

/**
 * Whether an exporter sends the data of a hop to its backend. Only the metrics pipeline has several such exporters. The
 * exemplar hop belongs to traces, but metrics carry exemplars.
 */
function isExporterFor(hop: ReadHop, of: Signal, { component, signal }: ExporterError): boolean {
    return hop === "remote_write" || hop === "otlp" || hop === "exemplar"
        ? signal === "metrics" && PUSH_EXPORTER.test(component)
        : signal === of && component !== "debug";
}

function diagnoseDebugOutput({ detail, unreachable }: HopResult, namespace: string): Finding {
    const look = logsCommand("otel-collector", namespace);
    return unreachable
        ? { message: `The Collector's log cannot be read: ${detail}`, look }
        : { message: `The Collector accepted the data, but its debug exporter did not print it: ${detail}`, look };
}

function diagnoseScrape(scrape: FailureContext["scrape"], namespace: string): Finding {
    const look = logsCommand("prometheus", namespace);
    if (scrape === undefined) {
        return { message: "Prometheus has no scraped copy, and its scrape targets cannot be read", look };
    }
    if (scrape === "none") {
        return { message: `Prometheus has no target of scrape job ${SCRAPE_JOB}`, look };
    }
    if (scrape.health === "up") {
        const message =
            `Prometheus scrapes the Collector every ${scrape.interval} without error, but the metric is missing: ` +
            "the timeout may be shorter than two scrapes, or the metrics pipeline may lack the prometheus exporter";
        return { message, look: logsCommand("otel-collector", namespace) };
    }
    const reason = scrape.lastError === "" ? "not scraped yet" : scrape.lastError;
    const pods = describePodsCommand("otel-collector", namespace);
    return { message: `Prometheus cannot scrape the Collector (${scrape.health}): ${reason}`, look: pods };
}

/** Without a reported error, the debug hop shows whether the Collector's pipeline exported the data. */
function diagnoseLoss(
    row: HopResult,
    hop: keyof typeof BACKEND_BY_HOP,
    rows: readonly HopResult[],
    namespace: string,
): Finding {
    const backend = BACKEND_BY_HOP[hop];
    const debug = rows.find(
        (other) => other.hop === "debug" && other.signal === row.signal && other.protocol === row.protocol,
    );
    if (debug?.status === "failed") {
        const message = `The Collector accepted the data, but its ${row.signal} pipeline did not export it (${row.detail})`;
        return { message, look: logsCommand("otel-collector", namespace) };
    }
    const message = `The Collector accepted the data and reports no failed export, but ${backend} does not have it: ${row.detail}`;
    return { message, look: logsCommand(backend, namespace) };
}
