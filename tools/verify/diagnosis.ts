import type { Signal } from "../../config/types/signal";
import type { ExporterError } from "./collector-log";
import type { FailureContext } from "./failure-context";
import { SCRAPE_JOB } from "./prometheus-reader";
import type { Hop, HopResult, ReadHop } from "./types";

/** What broke on the way of one signal to one place, and where to look. */
export interface Diagnosis {
    readonly signal: Signal;
    readonly hop: Hop;
    readonly message: string;
    /** A command to paste. */
    readonly look: string;
}

/** Where each hop is read. */
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

/** Names the cause of every failed hop: one for each hop and signal, whatever the protocols it failed by. */
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
    // A sender that finds no way in fails for every signal in the same words: say it once.
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
              message: `Sending: no way to the collector: ${detail}`,
              look: describePodsCommand("otel-collector", namespace),
          }
        : {
              message: `Sending: the collector did not accept OTLP ${protocol}: ${detail}`,
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
            message: `The collector accepted it, its exporter ${failingExporter.component} fails: ${failingExporter.text}`,
            look: `${logsCommand("otel-collector", namespace, "--tail=-1 --since=10m")} | grep '${failingExporter.component}'`,
        };
    }
    return diagnoseLoss(row, hop, rows, namespace);
}

/** The exporters that push metrics. */
const PUSH_EXPORTER = /remote_?write|^otlp_http\/prometheus$/;

/**
 * The metrics pipeline has several exporters; of the others, the only one with a queue leads to the backend. Exemplars
 * come with metrics, though they are of traces.
 */
function isExporterFor(hop: ReadHop, of: Signal, { component, signal }: ExporterError): boolean {
    return hop === "remote_write" || hop === "otlp" || hop === "exemplar"
        ? signal === "metrics" && PUSH_EXPORTER.test(component)
        : signal === of && component !== "debug";
}

function diagnoseDebugOutput({ detail, unreachable }: HopResult, namespace: string): Finding {
    const look = logsCommand("otel-collector", namespace);
    return unreachable
        ? { message: `The collector's log cannot be read: ${detail}`, look }
        : { message: `The collector accepted it, but its debug exporter did not print it: ${detail}`, look };
}

function diagnoseScrape(scrape: FailureContext["scrape"], namespace: string): Finding {
    const look = logsCommand("prometheus", namespace);
    if (scrape === undefined) {
        return { message: "Prometheus has no scraped copy, and does not say what it scrapes", look };
    }
    if (scrape === "none") {
        return { message: `Prometheus has no target of job ${SCRAPE_JOB} to scrape`, look };
    }
    if (scrape.health === "up") {
        const message =
            `Prometheus scrapes the collector every ${scrape.interval} without error, but this metric was not there: ` +
            "is the time-out shorter than two scrapes, or is the metric not in the prometheus exporter's pipeline?";
        return { message, look: logsCommand("otel-collector", namespace) };
    }
    const reason = scrape.lastError === "" ? "not scraped yet" : scrape.lastError;
    const pods = describePodsCommand("otel-collector", namespace);
    return { message: `Prometheus cannot scrape the collector (${scrape.health}): ${reason}`, look: pods };
}

/** Nobody complains: the debug exporter beside it tells on which side of the collector's pipeline it was lost. */
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
        const message = `The collector accepted it, but nothing came out of its ${row.signal} pipeline (${row.detail})`;
        return { message, look: logsCommand("otel-collector", namespace) };
    }
    const message = `The collector accepted it and reports no failed export, but ${backend} answers without it: ${row.detail}`;
    return { message, look: logsCommand(backend, namespace) };
}
