import { setTimeout as sleep } from "node:timers/promises";
import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { call } from "./client";
import { log, messageOf } from "./log";
import { READY } from "./probes";
import { PRODUCTS } from "./products";
import type { Running } from "./server";
import type { LoadSettings } from "./settings";
import { fail, inSpan } from "./span";

/** How long requests on the way may take when the load stops. */
const STOPPING_MS = 8_000;
/** Requests on the way at once; a shop that hangs shall not fill the memory here. */
const MOST_AT_ONCE = 200;
const ASK_AGAIN_MS = 500;

/** Looks at the products and orders one, by turns, as often as the settings say, once the shop is ready. */
export function startLoad({ frontendUrl, requestsPerSecond }: Omit<LoadSettings, "port" | "role">): Running {
    const underway = new Set<Promise<void>>();
    let timer: NodeJS.Timeout | undefined;
    let stopped = false;
    let sent = 0;

    const send = (): void => {
        if (underway.size >= MOST_AT_ONCE) {
            log("WARN", "request left out: too many are on the way");
            return;
        }
        const request = visit(frontendUrl, sent++).finally(() => underway.delete(request));
        underway.add(request);
    };

    const start = async (): Promise<void> => {
        while (!stopped && !(await isReady(frontendUrl))) {
            await sleep(ASK_AGAIN_MS);
        }
        if (!stopped) {
            log("INFO", "the shop is ready");
            timer = setInterval(send, 1000 / requestsPerSecond);
        }
    };
    start().catch((error: unknown) => {
        log("ERROR", "the load could not start", { "exception.message": messageOf(error) });
    });

    return {
        async stop() {
            stopped = true;
            clearInterval(timer);
            await Promise.race([Promise.all(underway), sleep(STOPPING_MS)]);
        },
    };
}

async function isReady(frontendUrl: string): Promise<boolean> {
    try {
        await context.with(suppressTracing(context.active()), () => call("GET", `${frontendUrl}${READY}`));
        return true;
    } catch {
        return false;
    }
}

/** One request; a failure is part of the game, and is logged. */
async function visit(frontendUrl: string, count: number): Promise<void> {
    const product = PRODUCTS[Math.floor(count / 2) % PRODUCTS.length]?.id;
    const [name, request] =
        count % 2 === 0
            ? (["browse", () => call("GET", `${frontendUrl}/products`)] as const)
            : (["buy", () => call("POST", `${frontendUrl}/orders`, { product, quantity: 1 + (count % 3) })] as const);
    await inSpan(name, {}, async (span) => {
        try {
            await request();
            log("INFO", `${name} succeeded`);
        } catch (error) {
            fail(span, error);
            log("ERROR", `${name} failed`, { "exception.message": messageOf(error) });
        }
    });
}
