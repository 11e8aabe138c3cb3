import assert from "node:assert/strict";
import { execa } from "execa";
import { TOOLBOX_IMAGE } from "../../sandbox/images";
import { ROOT } from "../../sandbox/directories";
import { listStacks } from "../../tools/stack/stack";
import { validateStacks } from "../../tools/checks/check-config";
import { kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./support/cluster";
import { eventually } from "./support/query-assertions";
import { needsSandbox } from "./support/target";
import { renderCommandsScript } from "./support/toolbox-commands";

needsSandbox("it tries what the sandbox adds: its toolbox, its figures, its lock, and the programs that it has built");

describe("rendered configuration files", () => {
    it("are accepted by their programs", async () => {
        await validateStacks(listStacks());
    });
});

describe("sandbox lock", () => {
    it("rejects a second command and names the holder", async () => {
        const cli = ["--require", "ts-node/register/transpile-only", "tools/cli.ts", "up"];
        const { failed, stderr } = await execa("node", cli, { cwd: ROOT, reject: false });
        assert.equal(failed, true);
        assert.match(stderr, new RegExp(`process ${process.pid}\\)`));
    });
});

/** Runs a script in a toolbox pod and returns its output. */
async function runInToolbox(name: string, script: string): Promise<string> {
    const command = ["sh", "-c", script];
    await kubectl("run", name, "-n", NAMESPACE, `--image=${TOOLBOX_IMAGE}`, "--restart=Never", "--", ...command);
    await kubectl("wait", "-n", NAMESPACE, `pod/${name}`, "--for=jsonpath={.status.phase}=Succeeded", KUBECTL_TIMEOUT);
    const log = await kubectl("logs", "-n", NAMESPACE, name);
    await kubectl("delete", "-n", NAMESPACE, `pod/${name}`);
    return log;
}

describe("sandbox next to a stack", () => {
    it("runs a plain toolbox pod that reaches the stack", async () => {
        const log = await runInToolbox("plain", "wget -T 10 -qO- http://otel-collector:8889/metrics");
        assert.match(log, /^# TYPE /m);
    });

    it("runs every tool of the toolbox with its usual options", async () => {
        const unknown =
            'for tool in /bin/*; do "$tool" --help 2>&1 | grep -q "applet not found" && echo "unknown: $tool"; done';
        const log = await runInToolbox("tools", `${unknown}\n${renderCommandsScript(8080)}`);
        assert.match(log, /^all tried$/m);
        assert.deepEqual(log.match(/^(?:unknown|failed).*/gm) ?? [], []);
    });

    it("reports the resource usage of pods and node", async () => {
        await eventually(async () => {
            assert.match(await kubectl("top", "node", "--no-headers"), /^sandbox +[1-9]\d*m /);
            const pods = await kubectl("top", "pods", "-n", NAMESPACE, "--no-headers");
            assert.match(pods, /^otel-collector\S+ +\d+m +[1-9]\d*Mi/m);
        });
    });
});
