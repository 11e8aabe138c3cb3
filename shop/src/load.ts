import { setTimeout as sleep } from "node:timers/promises";
import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { callService } from "./client";
import { log, describeError } from "./log";
import { READY } from "./probes";
import { PRODUCTS } from "./products";
import type { Running } from "./server";
import type { LoadSettings } from "./settings";
import { recordError, runInSpan } from "./span";

/** Time for requests in flight to complete when the load stops. */
const STOP_TIMEOUT_MS = 8_000;
/** Maximum requests in flight. Limits the memory when the shop does not respond. */
const MAX_CONCURRENT_REQUESTS = 200;
const READY_POLL_MS = 500;

/** Waits until the shop is ready, then alternates between listing the products and ordering one. */
export function startLoad({ frontendUrl, requestsPerSecond }: Omit<LoadSettings, "port" | "role">): Running {
    const underway = new Set<Promise<void>>();
    let timer: NodeJS.Timeout | undefined;
    let stopped = false;
    let sent = 0;

    const send = (): void => {
        if (underway.size >= MAX_CONCURRENT_REQUESTS) {
            log("WARN", "request skipped: too many requests in flight");
            return;
        }
        const request = visit(frontendUrl, sent++).finally(() => underway.delete(request));
        underway.add(request);
    };

    const start = async (): Promise<void> => {
        while (!stopped && !(await isReady(frontendUrl))) {
            await sleep(READY_POLL_MS);
        }
        if (!stopped) {
            log("INFO", "the shop is ready");
            timer = setInterval(send, 1000 / requestsPerSecond);
        }
    };
    start().catch((error: unknown) => {
        log("ERROR", "the load could not start", { "exception.message": describeError(error) });
    });

    return {
        async stop() {
            stopped = true;
            clearInterval(timer);
            await Promise.race([Promise.all(underway), sleep(STOP_TIMEOUT_MS)]);
        },
    };
}

async function isReady(frontendUrl: string): Promise<boolean> {
    try {
        await context.with(suppressTracing(context.active()), () => callService("GET", `${frontendUrl}${READY}`));
        return true;
    } catch {
        return false;
    }
}

/** Sends one request. Logs failures, which are expected. */
async function visit(frontendUrl: string, count: number): Promise<void> {
    const product = PRODUCTS[Math.floor(count / 2) % PRODUCTS.length]?.id;
    const [name, request] =
        count % 2 === 0
            ? (["browse", () => callService("GET", `${frontendUrl}/products`)] as const)
            : ([
                  "buy",
                  () => callService("POST", `${frontendUrl}/orders`, { product, quantity: 1 + (count % 3) }),
              ] as const);
    await runInSpan(name, {}, async (span) => {
        try {
            await request();
            log("INFO", `${name} succeeded`);
        } catch (error) {
            recordError(span, error);
            log("ERROR", `${name} failed`, { "exception.message": describeError(error) });
        }
    });
}
