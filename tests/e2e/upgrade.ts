import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ROOT } from "../../sandbox/paths";
import { Forwards } from "./support/forwards";
import { Authority, putCertificate } from "./support/guard";
import { Load, type Outcome } from "./support/load";
import { balanceOf, type RunArgs } from "./support/outage";
import { eventually } from "./support/questions";
import { stackWith, up, verifyHolds } from "./support/stack";
import { signalsStored, storedOf } from "./support/stored";

/** What the stack was deployed with before: a commit, a tag or a branch. */
const FROM = process.env.UPGRADE_FROM ?? "";
const PER_SECOND = 100;
const BEFORE_MS = 10_000;
const ACKNOWLEDGED_WITHIN_MS = 60_000;
const STORED_WITHIN_SECONDS = 120;
/** What npm may have to fetch for the program of before. */
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** The stack for a team, which keeps what it has accepted, and nothing else that sends. */
const SETTINGS = {
    "app.enabled": false,
    "telemetrygen.enabled": false,
};

/** The checkout of a version of before, with its packages. */
class EarlierProgram {
    readonly root = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-upgrade-")), "before");

    async checkOut(): Promise<void> {
        await execa("git", ["worktree", "add", "--detach", this.root, FROM], { cwd: ROOT });
        const packages = (root: string): string => fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
        if (packages(this.root) === packages(ROOT)) {
            fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(this.root, "node_modules"));
        } else {
            await execa("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: this.root });
        }
    }

    /** A version that had Loki on the sandbox has none now, and stores no logs: Loki's program is not built any more. */
    settings(): Readonly<Record<string, unknown>> {
        const sandbox = fs.readFileSync(path.join(this.root, "Pulumi.sandbox.yaml"), "utf8");
        return sandbox.includes("otel-stack:victoriaLogs:") ? SETTINGS : { ...SETTINGS, "loki.enabled": false };
    }

    async remove(): Promise<void> {
        await execa("git", ["worktree", "remove", "--force", this.root], { cwd: ROOT });
        fs.rmSync(path.dirname(this.root), { recursive: true });
    }
}

describe(`an update from ${FROM} to this checkout`, () => {
    const earlierProgram = new EarlierProgram();
    let forwards: Forwards | undefined;
    const run = randomBytes(8).toString("hex");
    let args: RunArgs;
    let earlier: { readonly outcome: Outcome; readonly fromMs: number; readonly toMs: number };

    before(async function () {
        assert.notEqual(FROM, "", "UPGRADE_FROM says which commit the stack is deployed with first");
        this.timeout(INSTALL_TIMEOUT_MS);
        await earlierProgram.checkOut();
    });

    after(async () => {
        await forwards?.close();
        await earlierProgram.remove();
    });

    it("finds a stack that has stored what it was sent", async () => {
        await putCertificate(await (await Authority.make("upgrade")).server());
        const stack = stackWith("secure", earlierProgram.settings(), earlierProgram.root);
        await up(stack, earlierProgram.root);
        forwards = await Forwards.of(stack);
        args = { collector: forwards.collector, backends: forwards.backends, perSecond: PER_SECOND };
        const fromMs = Date.now();
        const load = new Load({ ...args, run });
        await sleep(BEFORE_MS);
        const outcome = await load.stop(ACKNOWLEDGED_WITHIN_MS);
        earlier = { outcome, fromMs, toMs: Date.now() };
        await assertKept();
    });

    it("loses nothing of what is accepted meanwhile, and accepts all", async () => {
        const balances = await balanceOf(args, STORED_WITHIN_SECONDS, async () => {
            console.log("        changes:", await up(stackWith("secure", SETTINGS)));
        });
        console.table(balances.map(({ missing, ...balance }) => ({ ...balance, lost: missing.length })));
        for (const { signal, made, accepted, missing } of balances) {
            assert.deepEqual(missing, [], signal);
            assert.equal(accepted, made, `${signal}: not all were taken in the end`);
        }
    });

    it("keeps what was stored before it", async () => {
        await assertKept();
    });

    it("leaves a stack that takes telemetry and gives it back", async () => {
        await verifyHolds(stackWith("secure", SETTINGS));
    });

    /** Everything that was accepted before the update is in its store. */
    async function assertKept(): Promise<void> {
        const { outcome, ...during } = earlier;
        for (const signal of signalsStored(args.backends)) {
            const accepted = [...outcome[signal].accepted];
            assert.ok(accepted.length > 0);
            await eventually(async () => {
                const { ids } = await storedOf(signal, run, during, args.backends);
                assert.deepEqual(
                    accepted.filter((id) => !ids.has(id)),
                    [],
                    signal,
                );
            }, STORED_WITHIN_SECONDS);
            console.log(`        ${signal}: ${accepted.length} kept`);
        }
    }
});
