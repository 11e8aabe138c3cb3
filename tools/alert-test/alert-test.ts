import { ALERT_RESEND_SECONDS } from "../../config/model/alertmanager";
import { MAX_SAMPLE_INTERVAL } from "../../config/types/sample-interval";
import { parseSeconds } from "../../config/types/units";
import { WATCHDOG } from "../../components/prometheus/rules/alertmanager-alerts";
import { createDeadline, pause, startClock } from "../verify/deadline";
import type { AlertmanagerClient, AlertState, Deliveries, Grouping, Labels } from "./alertmanager";

/** Time for the alert to be processed and for the requests. */
const MARGIN_SECONDS = 20;
/** Each pod waits that long for each pod before it. */
const PEER_TIMEOUT_SECONDS = 15;
/** A pod sends no notification for that long after its start, at most. */
const MAX_START_DELAY_SECONDS = ALERT_RESEND_SECONDS + parseSeconds(MAX_SAMPLE_INTERVAL);
const POLL_INTERVAL_MS = 500;

/** Where the alert went by one integration of a receiver. */
interface Delivery {
    /** Such as `oncall by slack`. */
    readonly target: string;
    /** Undefined while nothing was sent. */
    readonly deliveredAfterSeconds: number | undefined;
    readonly failedRequests: number;
}

export interface AlertTestReport {
    readonly labels: Labels;
    /** Seconds since Prometheus last sent the alert that always fires. Undefined if it has not sent it. */
    readonly watchdogAgeSeconds: number | undefined;
    /** Undefined if Alertmanager does not have the alert. */
    readonly alert: AlertState | undefined;
    readonly deliveries: readonly Delivery[];
    readonly ok: boolean;
}

/** Sends one alert to Alertmanager, and waits until it has notified every receiver that the alert matches. */
export async function testAlert(
    client: AlertmanagerClient,
    given: Labels,
    { marginSeconds = MARGIN_SECONDS }: { readonly marginSeconds?: number } = {},
): Promise<AlertTestReport> {
    const grouping = await client.readGrouping();
    const watchdog = await client.findAlert({ alertname: WATCHDOG });
    const labels = chooseLabels(given, grouping);
    const seconds = listWaits(grouping).reduce((sum, wait) => sum + wait, marginSeconds);
    const before = await client.readDeliveries();
    await client.sendAlert(labels, ANNOTATIONS, new Date(Date.now() + 2 * seconds * 1000));
    const elapsed = startClock();
    const deadline = createDeadline(seconds);
    let alert: AlertState | undefined;
    let deliveries: readonly Delivery[] = [];
    do {
        await pause(POLL_INTERVAL_MS, deadline);
        alert ??= await client.findAlert(labels);
        deliveries = compareDeliveries(alert?.receivers ?? [], before, await client.readDeliveries(), {
            previous: deliveries,
            seconds: elapsed(),
        });
    } while (deadline.remaining() > 0 && !isComplete(alert, deliveries));
    // Resolved, so that it does not stay in the list of alerts.
    await client.sendAlert(labels, ANNOTATIONS, new Date());
    return {
        labels,
        watchdogAgeSeconds: watchdog && (Date.now() - watchdog.updatedAt.getTime()) / 1000,
        alert,
        deliveries,
        ok:
            watchdog !== undefined &&
            deliveries.length > 0 &&
            deliveries.every(({ deliveredAfterSeconds }) => deliveredAfterSeconds !== undefined),
    };
}

/** What a notification waits for, in seconds. */
function listWaits({ pods, startedAt, waitSeconds }: Grouping): readonly number[] {
    const age = (Date.now() - startedAt.getTime()) / 1000;
    return [waitSeconds, (pods - 1) * PEER_TIMEOUT_SECONDS, Math.max(0, MAX_START_DELAY_SECONDS - age)];
}

const ANNOTATIONS: Labels = {
    summary: "This is a test of the notifications",
    description: "It was sent by `make alert-test`. Nothing has to be done.",
    value: "1",
};

/** Makes the alert a group of its own, which does not wait for the next notification of another group. */
function chooseLabels(given: Labels, grouping: Grouping): Labels {
    const id = `alert-test-${new Date().toISOString().slice(11, 19)}`;
    const own = grouping.labels.filter((name) => !["alertname", "severity"].includes(name));
    return {
        alertname: own.length === 0 ? `AlertTest ${id}` : "AlertTest",
        severity: "critical",
        ...Object.fromEntries(own.map((name) => [name, id])),
        ...given,
    };
}

function compareDeliveries(
    receivers: readonly string[],
    before: ReadonlyMap<string, Deliveries>,
    after: ReadonlyMap<string, Deliveries>,
    { previous, seconds }: { readonly previous: readonly Delivery[]; readonly seconds: number },
): readonly Delivery[] {
    return [...after]
        .filter(([target]) => receivers.some((receiver) => target.startsWith(`${receiver} by `)))
        .map(([target, { failed, sent }]) => {
            const known = previous.find((delivery) => delivery.target === target)?.deliveredAfterSeconds;
            const isSent = sent > (before.get(target)?.sent ?? 0);
            return {
                target,
                deliveredAfterSeconds: known ?? (isSent ? seconds : undefined),
                failedRequests: failed - (before.get(target)?.failed ?? 0),
            };
        });
}

/** Whether more time changes nothing. A failed request is repeated. */
function isComplete(alert: AlertState | undefined, deliveries: readonly Delivery[]): boolean {
    return (
        alert !== undefined &&
        (alert.inhibitedBy.length + alert.silencedBy.length > 0 ||
            deliveries.every(({ deliveredAfterSeconds }) => deliveredAfterSeconds !== undefined))
    );
}

/** @param namespace Namespace of the stack. */
export function formatReport(
    { alert, deliveries, labels, watchdogAgeSeconds }: AlertTestReport,
    namespace: string,
): string {
    const named = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return [
        watchdogAgeSeconds === undefined
            ? `FAILED: Alertmanager does not have the alert ${WATCHDOG}, which always fires, so Prometheus does not reach it.`
            : `Prometheus reaches Alertmanager: it sent the alert ${WATCHDOG} ${watchdogAgeSeconds.toFixed(0)} s ago.`,
        `Sent to Alertmanager: ${named.join(" ")}`,
        ...describeMuting(alert),
        ...(alert !== undefined && deliveries.length === 0
            ? ["FAILED: no receiver matches the alert, so nobody is notified."]
            : deliveries.map((delivery) => describeDelivery(delivery, namespace))),
    ].join("\n");
}

function describeMuting(alert: AlertState | undefined): readonly string[] {
    if (alert === undefined) {
        return ["FAILED: Alertmanager does not list the alert."];
    }
    return [
        ...alert.silencedBy.map((id) => `FAILED: the silence ${id} mutes the alert.`),
        ...(alert.inhibitedBy.length > 0 ? ["FAILED: another alert inhibits the alert."] : []),
    ];
}

function describeDelivery({ deliveredAfterSeconds, failedRequests, target }: Delivery, namespace: string): string {
    const failures = failedRequests === 0 ? "" : `${failedRequests} requests failed`;
    return deliveredAfterSeconds === undefined
        ? `  ${target}: FAILED: ${failures === "" ? "nothing was sent" : failures}; see \`kubectl logs -n ${namespace} sts/alertmanager\``
        : `  ${target}: accepted after ${deliveredAfterSeconds.toFixed(0)} s${failures === "" ? "" : ` (${failures} before)`}`;
}
