import { setTimeout as sleep } from "node:timers/promises";
import { metrics } from "@opentelemetry/api";
import { parseField, isAmount, isText } from "./fields";
import { log } from "./log";
import { errorResponse, type RouteResponse, type Route } from "./server";
import type { PaymentsSettings } from "./settings";
import { withSpan } from "./span";

/** Duration of a normal payment in milliseconds. */
const BASE_DELAY_MS = 5;

/** Source of randomness and delays of payments. Tests replace it. */
export interface PaymentOutcomeSource {
    /** Returns a random number of at least 0 and less than 1. */
    readonly random: () => number;
    readonly wait: (milliseconds: number) => Promise<unknown>;
}

const RANDOM_OUTCOMES: PaymentOutcomeSource = { random: Math.random, wait: sleep };

class PaymentFailed extends Error {
    override readonly name = "PaymentFailed";
}

/** Routes of shop-payments, which fails and delays payments at the rates in its settings. */
export function paymentsRoutes(settings: Rates, outcomes: PaymentOutcomeSource = RANDOM_OUTCOMES): readonly Route[] {
    const duration = metrics.getMeter("shop").createHistogram("shop.payment.duration", {
        description: "Duration of payments.",
        unit: "s",
        advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
    });

    const pay = async (order: string, amount: number): Promise<RouteResponse> => {
        const started = performance.now();
        let outcome = "taken";
        try {
            await withSpan("charge card", { "shop.order.id": order, "shop.payment.amount": amount }, () =>
                charge(order, settings, outcomes),
            );
            log("INFO", "payment taken", { "shop.order.id": order, "shop.payment.amount": amount });
            return { status: 201, body: { order, amount } };
        } catch (error) {
            if (!(error instanceof PaymentFailed)) {
                throw error;
            }
            outcome = "failed";
            log("ERROR", "payment failed", { "shop.order.id": order, "error.type": error.name });
            return errorResponse(503, error.message);
        } finally {
            duration.record((performance.now() - started) / 1000, { "shop.payment.outcome": outcome });
        }
    };

    return [
        {
            method: "POST",
            path: "/payments",
            handle: async (body) =>
                pay(
                    parseField(body, "order", "the order's id", isText),
                    parseField(body, "amount", "a number above 0", isAmount),
                ),
        },
    ];
}

type Rates = Pick<PaymentsSettings, "errorRate" | "slowDelayMs" | "slowRate">;

async function charge(
    order: string,
    { errorRate, slowRate, slowDelayMs }: Rates,
    outcomes: PaymentOutcomeSource,
): Promise<void> {
    await outcomes.wait(BASE_DELAY_MS);
    if (outcomes.random() < slowRate) {
        log("WARN", "the card network is slow", { "shop.order.id": order });
        await outcomes.wait(slowDelayMs);
    }
    if (outcomes.random() < errorRate) {
        throw new PaymentFailed("the card network does not answer");
    }
}
