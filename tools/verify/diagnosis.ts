import type { Signal } from "../../config/signals";
import type { ExporterError } from "./collector-log";
import type { Evidence } from "./evidence";
import { SCRAPE_JOB } from "./read-prometheus";
import type { Hop, HopResult, ReadHop } from "./model";

/** What broke on the way of one signal to one place, and where to look. */
export interface Diagnosis {
    readonly signal: Signal;
    readonly hop: Hop;
    readonly message: string;
    /** A command to paste. */
    readonly look: string;
}

/** Where each hop is read. */
const BACKEND_OF = {
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
export function diagnose(rows: readonly HopResult[], evidence: Evidence, namespace: string): Diagnosis[] {
    const failed = rows.filter(({ status }) => status === "failed");
    const found = failed.map((row): Diagnosis => {
        const { signal, hop } = row;
        return {
            signal,
            hop,
            ...(hop === "sent" ? sending(row, namespace) : reading(row, hop, rows, evidence, namespace)),
        };
    });
    return found.filter((one, index) => index === found.findIndex((other) => sameCause(one, other)));
}

function sameCause(one: Diagnosis, other: Diagnosis): boolean {
    // A sender that finds no way in fails for every signal in the same words: say it once.
    return (
        one.hop === other.hop && one.message === other.message && (one.hop === "sent" || one.signal === other.signal)
    );
}

function podsOf(name: string, namespace: string): string {
    return `kubectl describe pods -n ${namespace} -l app.kubernetes.io/name=${name}`;
}

function logsOf(name: string, namespace: string, which = "--tail=100"): string {
    return `kubectl logs -n ${namespace} -l app.kubernetes.io/name=${name} ${which}`;
}

function sending({ detail, unreachable, protocol }: HopResult, namespace: string): Finding {
    return unreachable
        ? { message: `Sending: no way to the collector: ${detail}`, look: podsOf("otel-collector", namespace) }
        : {
              message: `Sending: the collector did not accept OTLP ${protocol}: ${detail}`,
              look: logsOf("otel-collector", namespace),
          };
}

function reading(
    row: HopResult,
    hop: ReadHop,
    rows: readonly HopResult[],
    evidence: Evidence,
    namespace: string,
): Finding {
    if (hop === "debug") {
        return debugOutput(row, namespace);
    }
    if (row.unreachable) {
        const backend = BACKEND_OF[hop];
        return { message: `Backend ${backend} cannot be read: ${row.detail}`, look: podsOf(backend, namespace) };
    }
    const { exporterErrors, scrape } = evidence;
    if (hop === "scrape") {
        return scraping(scrape, namespace);
    }
    const blamed = exporterErrors?.find((error) => isExporterOf(hop, row.signal, error));
    if (blamed !== undefined) {
        return {
            message: `The collector accepted it, its exporter ${blamed.component} fails: ${blamed.text}`,
            look: `${logsOf("otel-collector", namespace, "--tail=-1 --since=10m")} | grep '${blamed.component}'`,
        };
    }
    return lostBetween(row, hop, rows, namespace);
}

/** The exporters that push metrics. */
const PUSHING = /remote_?write|^otlp_http\/prometheus$/;

/**
 * The metrics pipeline has several exporters; of the others, the only one with a queue leads to the backend. Exemplars
 * come with metrics, though they are of traces.
 */
function isExporterOf(hop: ReadHop, of: Signal, { component, signal }: ExporterError): boolean {
    return hop === "remote_write" || hop === "otlp" || hop === "exemplar"
        ? signal === "metrics" && PUSHING.test(component)
        : signal === of && component !== "debug";
}

function debugOutput({ detail, unreachable }: HopResult, namespace: string): Finding {
    const look = logsOf("otel-collector", namespace);
    return unreachable
        ? { message: `The collector's log cannot be read: ${detail}`, look }
        : { message: `The collector accepted it, but its debug exporter did not print it: ${detail}`, look };
}

function scraping(scrape: Evidence["scrape"], namespace: string): Finding {
    const look = logsOf("prometheus", namespace);
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
        return { message, look: logsOf("otel-collector", namespace) };
    }
    const reason = scrape.lastError === "" ? "not scraped yet" : scrape.lastError;
    const pods = podsOf("otel-collector", namespace);
    return { message: `Prometheus cannot scrape the collector (${scrape.health}): ${reason}`, look: pods };
}

/** Nobody complains: the debug exporter beside it tells on which side of the collector's pipeline it was lost. */
function lostBetween(
    row: HopResult,
    hop: keyof typeof BACKEND_OF,
    rows: readonly HopResult[],
    namespace: string,
): Finding {
    const backend = BACKEND_OF[hop];
    const debug = rows.find(
        (other) => other.hop === "debug" && other.signal === row.signal && other.protocol === row.protocol,
    );
    if (debug?.status === "failed") {
        const message = `The collector accepted it, but nothing came out of its ${row.signal} pipeline (${row.detail})`;
        return { message, look: logsOf("otel-collector", namespace) };
    }
    const message = `The collector accepted it and reports no failed export, but ${backend} answers without it: ${row.detail}`;
    return { message, look: logsOf(backend, namespace) };
}
