import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DevTools } from "./dev-tools";

/** From Debian's package `chromium`. */
const CHROMIUM = "/usr/bin/chromium";
const LOAD_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 250;
const KILL_AFTER_MS = 5_000;

const FLAGS = [
    "--headless=new",
    // Chromium refuses to run its own sandbox as root, and these tests run as root. The pages are the stack's own.
    "--no-sandbox",
    "--disable-gpu",
    // /dev/shm may be too small.
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--hide-scrollbars",
    // No connections out of this machine: neither the stack's pages nor the tests need Chromium's own requests.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--remote-debugging-pipe",
];

export interface PageSize {
    readonly width: number;
    readonly height: number;
}

const DEFAULT_SIZE: PageSize = { width: 1280, height: 800 };

/** A page in a headless Chromium. Its scripts run as they do for a user. */
export class BrowserPage {
    private readonly errors: string[] = [];

    private constructor(
        private readonly child: ChildProcess,
        private readonly profile: string,
        private readonly devTools: DevTools,
        private readonly session: string,
    ) {
        devTools.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
            this.errors.push(`exception: ${JSON.stringify(exceptionDetails).slice(0, 500)}`);
        });
        devTools.on("Log.entryAdded", ({ entry }) => {
            const { level, text, url } = entry as { level?: string; text?: string; url?: string };
            if (level === "error") {
                this.errors.push(`${text ?? ""} ${url ?? ""}`);
            }
        });
    }

    /**
     * Opens a URL and waits until the page and its resources have loaded. Scripts may still run, so wait for their
     * result.
     *
     * @param headers Of each request of the page.
     * @throws if Chromium is not installed or the URL has no response.
     */
    static async open(
        url: string,
        size: PageSize = DEFAULT_SIZE,
        headers: Readonly<Record<string, string>> = {},
    ): Promise<BrowserPage> {
        if (!fs.existsSync(CHROMIUM)) {
            throw new Error(`${CHROMIUM} is missing; 'make e2e' and 'make pictures' install it on Debian`);
        }
        const profile = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-chromium-"));
        const child = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`], {
            stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
            env: { ...process.env, HOME: profile },
        });
        const devTools = new DevTools(child);
        try {
            const page = new BrowserPage(child, profile, devTools, await devTools.openTab());
            await page.prepare(size, headers);
            await page.load(url);
            return page;
        } catch (error) {
            await stopChromium(child, profile);
            throw error;
        }
    }

    /** Errors of the page so far: exceptions of scripts, and failed requests. */
    listErrors(): readonly string[] {
        return this.errors;
    }

    /** The visible text. */
    async text(): Promise<string> {
        return String(await this.evaluate("document.body.innerText"));
    }

    /**
     * Evaluates a JavaScript expression in the page and returns its value as JSON. Awaits a promise.
     *
     * @throws with the message of an exception.
     */
    async evaluate(expression: string): Promise<unknown> {
        const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
            expression,
            awaitPromise: true,
            returnByValue: true,
        });
        if (exceptionDetails !== undefined) {
            throw new Error(`${expression}: ${JSON.stringify(exceptionDetails).slice(0, 500)}`);
        }
        return (result as { value?: unknown }).value;
    }

    /**
     * Waits until an expression is truthy in the page, and returns its value.
     *
     * @throws after the timeout, with the text of the page.
     */
    async waitFor(expression: string, seconds = 30): Promise<unknown> {
        const deadline = Date.now() + seconds * 1000;
        for (;;) {
            const value = await this.evaluate(expression);
            if (value !== undefined && value !== null && value !== false && value !== 0 && value !== "") {
                return value;
            }
            if (Date.now() > deadline) {
                const text = (await this.text()).slice(0, 1000);
                throw new Error(
                    `not true within ${seconds} s: ${expression}; problems: ${this.errors.join("; ")}; the page:\n${text}`,
                );
            }
            await sleep(POLL_INTERVAL_MS);
        }
    }

    /** A PNG of the visible part of the page. */
    async screenshot(): Promise<Buffer> {
        const { data } = await this.send("Page.captureScreenshot", { format: "png" });
        return Buffer.from(String(data), "base64");
    }

    async close(): Promise<void> {
        await stopChromium(this.child, this.profile);
    }

    private async prepare({ width, height }: PageSize, headers: Readonly<Record<string, string>>): Promise<void> {
        for (const domain of ["Page", "Runtime", "Log"]) {
            await this.send(`${domain}.enable`);
        }
        if (Object.keys(headers).length > 0) {
            await this.send("Network.enable");
            await this.send("Network.setExtraHTTPHeaders", { headers });
        }
        await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    }

    private async load(url: string): Promise<void> {
        const loaded = this.devTools.once("Page.loadEventFired", LOAD_TIMEOUT_MS);
        // The caller handles the rejection.
        loaded.catch(() => undefined);
        const { errorText } = await this.send("Page.navigate", { url });
        if (typeof errorText === "string") {
            throw new Error(`${url}: ${errorText}`);
        }
        await loaded;
    }

    private async send(method: string, parameters: object = {}): Promise<Readonly<Record<string, unknown>>> {
        return this.devTools.send(method, parameters, this.session);
    }
}

async function stopChromium(child: ChildProcess, profile: string): Promise<void> {
    const exited = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        const kill = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
        await exited;
        clearTimeout(kill);
    }
    // Helper processes may still write for a moment.
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
