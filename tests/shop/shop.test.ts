import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { frontendRoutes } from "../../shop/src/frontend";
import { startLoad } from "../../shop/src/load";
import { paymentsRoutes } from "../../shop/src/payments";
import { type RouteResponse, type Route, type Running, serve } from "../../shop/src/server";
import { isRecord } from "../../tools/render/program";

const ANY_PORT = 0;
const RATES = { errorRate: 0.2, slowRate: 0.5, slowDelayMs: 700 };

interface Reply extends RouteResponse {
    readonly headers: Headers;
}

describe("shop", () => {
    const running: Running[] = [];
    const lines: string[] = [];
    const consoleLog = console.log;

    before(() => {
        console.log = (line: string) => lines.push(line);
    });

    beforeEach(() => {
        lines.length = 0;
    });

    afterEach(async () => {
        await Promise.all(running.splice(0).map((service) => service.stop()));
    });

    after(() => {
        console.log = consoleLog;
    });

    const started = async (routes: readonly Route[]): Promise<string> => {
        const service = await serve(ANY_PORT, routes);
        running.push(service);
        return `http://localhost:${service.port}`;
    };

    /** Payments to which chance brings these numbers, one after the other; says what it waited. */
    const payments = (...numbers: number[]): { readonly routes: readonly Route[]; readonly waits: number[] } => {
        const waits: number[] = [];
        const wait = (milliseconds: number): Promise<unknown> => Promise.resolve(waits.push(milliseconds));
        return { routes: paymentsRoutes(RATES, { random: () => numbers.shift() ?? 1, wait }), waits };
    };

    const ask = async (url: string, body?: string, method = body === undefined ? "GET" : "POST"): Promise<Reply> => {
        const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
        return { status: response.status, body: (await response.json()) as unknown, headers: response.headers };
    };

    const pay = async (routes: readonly Route[]): Promise<Reply> =>
        ask(`${await started(routes)}/payments`, '{ "order": "one", "amount": 19 }');

    const order = async (paymentsUrl: string, body = '{ "product": "compass", "quantity": 2 }'): Promise<Reply> =>
        ask(`${await started(frontendRoutes(paymentsUrl))}/orders`, body);

    const logged = (): readonly Record<string, unknown>[] =>
        lines.map((line) => JSON.parse(line) as unknown).filter(isRecord);

    it("accepts a payment immediately", async () => {
        const { routes, waits } = payments(0.5, 0.2);
        assert.equal((await pay(routes)).status, 201);
        assert.ok(waits.every((wait) => wait < 10));
        assert.deepEqual(
            logged().map(({ severity, body }) => [severity, body]),
            [["INFO", "payment taken"]],
        );
    });

    it("delays payments at the configured rate", async () => {
        const { routes, waits } = payments(0.49, 0.2);
        assert.equal((await pay(routes)).status, 201);
        assert.equal(waits.at(-1), 700);
        assert.equal(logged()[0]?.severity, "WARN");
    });

    it("fails payments at the configured rate and logs them", async () => {
        const { routes } = payments(0.5, 0.19);
        const { status, body } = await pay(routes);
        assert.deepEqual({ status, body }, { status: 503, body: { error: "the card network does not answer" } });
        const [record] = logged();
        assert.equal(record?.severity, "ERROR");
        assert.equal(record["shop.order.id"], "one");
    });

    it("places an order when its payment succeeds", async () => {
        const { status, body } = await order(await started(payments().routes));
        assert.equal(status, 201);
        assert.ok(isRecord(body) && typeof body.order === "string");
        assert.deepEqual({ ...body, order: "" }, { order: "", product: "compass", quantity: 2, amount: 38 });
    });

    it("fails an order when its payment fails", async () => {
        const { status, body } = await order(await started(payments(1, 0).routes));
        assert.deepEqual({ status, body }, { status: 502, body: { error: "the payment failed" } });
        assert.deepEqual(
            logged().map((record) => record["exception.message"] ?? record.body),
            ["payment failed", "HTTP 503"],
        );
    });

    it("fails an order and logs why when the payment service is unreachable", async () => {
        const gone = await serve(ANY_PORT, []);
        await gone.stop();
        assert.equal((await order(`http://localhost:${gone.port}`)).status, 502);
        assert.match(String(logged()[0]?.["exception.message"]), /ECONNREFUSED/);
    });

    for (const [body, error] of [
        ["{", "expected JSON"],
        ["", "product: expected the id of a product"],
        ["[]", "product: expected the id of a product"],
        ['{ "product": "anvil", "quantity": 1 }', /^product: expected one of telescope, /],
        ['{ "product": "compass" }', "quantity: expected a whole number from 1 to 100"],
        ['{ "product": "compass", "quantity": 0.5 }', "quantity: expected a whole number from 1 to 100"],
        ['{ "product": "compass", "quantity": 101 }', "quantity: expected a whole number from 1 to 100"],
        [`"${"x".repeat(20_000)}"`, "expected at most 16384 bytes"],
    ] as const) {
        it(`rejects the order ${body.slice(0, 40)}`, async () => {
            const reply = await order("http://localhost:1", body);
            assert.equal(reply.status, 400);
            assert.ok(isRecord(reply.body));
            assert.match(String(reply.body.error), new RegExp(error));
        });
    }

    it("lists products and returns 404 for unknown ones", async () => {
        const url = await started(frontendRoutes("http://localhost:1"));
        const { status, body } = await ask(`${url}/products`);
        assert.equal(status, 200);
        assert.ok(Array.isArray(body) && body.length > 0);
        assert.equal((await ask(`${url}/basket`)).status, 404);
        const wrong = await ask(`${url}/orders`);
        assert.equal(wrong.status, 405);
        assert.equal(wrong.headers.get("allow"), "POST");
    });

    it("answers probes", async () => {
        const url = await started([]);
        assert.equal((await ask(`${url}/livez`)).status, 200);
        assert.equal((await ask(`${url}/readyz`)).status, 200);
    });

    it("returns a generic error and logs the cause", async () => {
        const broken: Route = { method: "GET", path: "/", handle: () => Promise.reject(new Error("secret")) };
        const { status, body } = await ask(`${await started([broken])}/`);
        assert.deepEqual({ status, body }, { status: 500, body: { error: "internal error" } });
        assert.equal(logged()[0]?.["exception.message"], "secret");
    });

    it("drains in-flight requests on shutdown", async () => {
        const steps = new EventEmitter();
        const answer = async (): Promise<RouteResponse> => {
            steps.emit("arrived");
            await once(steps, "finish");
            return { status: 200, body: "done" };
        };
        const service = await serve(ANY_PORT, [{ method: "GET", path: "/", handle: answer }]);
        const url = `http://localhost:${service.port}/`;
        const arrived = once(steps, "arrived");
        const reply = ask(url);
        await arrived;
        const stopped = service.stop();
        await assert.rejects(ask(url));
        steps.emit("finish");
        assert.equal((await reply).body, "done");
        await stopped;
    });

    it("receives generated traffic at the configured rate once ready", async () => {
        const asked: string[] = [];
        const route = (method: "GET" | "POST", path: string): Route => ({
            method,
            path,
            handle: () => Promise.resolve({ status: asked.push(path) > 3 ? 500 : 200, body: {} }),
        });
        const frontendUrl = await started([route("GET", "/products"), route("POST", "/orders")]);
        const load = startLoad({ frontendUrl, requestsPerSecond: 20 });
        while (asked.length < 4) {
            await sleep(5);
        }
        await load.stop();
        const count = asked.length;
        await sleep(100);
        assert.equal(asked.length, count);
        assert.deepEqual(asked.slice(0, 4), ["/products", "/orders", "/products", "/orders"]);
        const bodies = logged().map(({ body }) => body);
        assert.deepEqual(bodies.slice(0, 5), [
            "the shop is ready",
            "browse succeeded",
            "buy succeeded",
            "browse succeeded",
            "buy failed",
        ]);
    });
});
