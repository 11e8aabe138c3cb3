import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ROOT } from "../../sandbox/directories";
import { PortForwards } from "./support/port-forwards";
import { TestAuthority, putCertificateSecret } from "./support/secure-otlp";
import { LoadGenerator, type LoadResult } from "./support/load-generator";
import { assertNothingLost, measureLoss, printReports, type LoadRunArgs } from "./support/data-loss";
import { eventually } from "./support/query-assertions";
import { configureStack, pulumiUp, assertVerified } from "./support/stack";
import { listStoredSignals, findStoredItems } from "./support/stored-items";

/** The version that the stack was deployed with before: a commit, tag or branch. */
const UPGRADE_FROM = process.env.UPGRADE_FROM ?? "";
const PER_SECOND = 100;
const LOAD_BEFORE_MS = 10_000;
const ACKNOWLEDGE_TIMEOUT_MS = 60_000;
const STORE_TIMEOUT_SECONDS = 120;
/** Time for npm to fetch the previous version's packages. */
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Name of the Secret up to v0.1.0. */
const FORMER_TLS_SECRET = "otel-collector-guarded-tls";

/** A stack with persistent data, and nothing else that sends telemetry. */
const SETTINGS = {
    "shop.enabled": false,
    "telemetrygen.enabled": false,
};

/** A checkout of the previous version, with its packages. */
class PreviousVersion {
    readonly root = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-upgrade-")), "before");

    async checkOut(): Promise<void> {
        await execa("git", ["worktree", "add", "--detach", this.root, UPGRADE_FROM], { cwd: ROOT });
        const packages = (root: string): string => fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
        if (packages(this.root) === packages(ROOT)) {
            fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(this.root, "node_modules"));
        } else {
            await execa("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: this.root });
        }
    }

    /**
     * The settings with the keys of that version. A version with Loki on the sandbox stores no logs, because Loki is no
     * longer built.
     */
    settings(): Readonly<Record<string, unknown>> {
        const sandbox = fs.readFileSync(path.join(this.root, "Pulumi.sandbox.yaml"), "utf8");
        const { "shop.enabled": shop, ...others } = SETTINGS;
        return {
            ...others,
            [sandbox.includes("otel-stack:app:") ? "app.enabled" : "shop.enabled"]: shop,
            ...(sandbox.includes("otel-stack:victoriaLogs:") ? {} : { "loki.enabled": false }),
        };
    }

    async remove(): Promise<void> {
        await execa("git", ["worktree", "remove", "--force", this.root], { cwd: ROOT });
        fs.rmSync(path.dirname(this.root), { recursive: true });
    }
}

describe(`upgrade from ${UPGRADE_FROM} to this checkout`, () => {
    const earlierProgram = new PreviousVersion();
    let forwards: PortForwards | undefined;
    const run = randomBytes(8).toString("hex");
    let args: LoadRunArgs;
    let earlier: { readonly outcome: LoadResult; readonly fromMs: number; readonly toMs: number };

    before(async function () {
        assert.notEqual(UPGRADE_FROM, "", "UPGRADE_FROM says which commit the stack is deployed with first");
        this.timeout(INSTALL_TIMEOUT_MS);
        await earlierProgram.checkOut();
    });

    after(async () => {
        await forwards?.close();
        await earlierProgram.remove();
    });

    it("starts with a stack that has stored its telemetry", async () => {
        const certificate = await (await TestAuthority.create("upgrade")).signServer();
        await putCertificateSecret(certificate);
        await putCertificateSecret(certificate, FORMER_TLS_SECRET);
        const stack = configureStack("secure", earlierProgram.settings(), earlierProgram.root);
        await pulumiUp(stack, earlierProgram.root);
        forwards = await PortForwards.open(stack);
        args = { collector: forwards.collector, backends: forwards.backends, perSecond: PER_SECOND };
        const fromMs = Date.now();
        const load = new LoadGenerator({ ...args, run });
        await sleep(LOAD_BEFORE_MS);
        const outcome = await load.stop(ACKNOWLEDGE_TIMEOUT_MS);
        earlier = { outcome, fromMs, toMs: Date.now() };
        await assertKept();
    });

    it("accepts everything meanwhile, and loses nothing that was accepted", async () => {
        const balances = await measureLoss(args, STORE_TIMEOUT_SECONDS, async () => {
            console.log("        changes:", await pulumiUp(configureStack("secure", SETTINGS)));
        });
        printReports(balances);
        await assertNothingLost(balances);
        for (const { signal, made, accepted } of balances) {
            assert.equal(accepted, made, `${signal}: not all were accepted in the end`);
        }
    });

    it("keeps the data stored before", async () => {
        await assertKept();
    });

    it("passes verify", async () => {
        await assertVerified(configureStack("secure", SETTINGS));
    });

    /** Asserts that everything accepted before the update is in its backend. */
    async function assertKept(): Promise<void> {
        const { outcome, ...during } = earlier;
        for (const signal of listStoredSignals(args.backends)) {
            const accepted = [...outcome[signal].accepted];
            assert.ok(accepted.length > 0);
            await eventually(async () => {
                const { ids } = await findStoredItems(signal, run, during, args.backends);
                assert.deepEqual(
                    accepted.filter((id) => !ids.has(id)),
                    [],
                    signal,
                );
            }, STORE_TIMEOUT_SECONDS);
            console.log(`        ${signal}: ${accepted.length} kept`);
        }
    }
});
