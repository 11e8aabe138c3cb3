import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { TOOLBOX_PACKAGES, findToolboxFiles } from "../../sandbox/toolbox-image";
import { USUAL_COMMANDS, renderCommandsScript } from "../e2e/support/toolbox-commands";
import { removeDirectory, createTemporaryDirectory, runWithPath, writeCommands } from "../support/fake-commands";

const SYSTEM_TOOLS = ["bash", "env", "find", "nc", "netstat", "ping", "sort", "timeout", "traceroute", "wget", "xargs"];

describe("toolbox image", () => {
    let work: string;
    let bin: string;

    before(() => {
        work = createTemporaryDirectory();
        bin = path.join(work, "bin");
        writeCommands(bin, {
            ...Object.fromEntries(SYSTEM_TOOLS.map((name) => [name, ""])),
            ldd: "printf '\\tlibc.so.6 => /lib/libc.so.6 (0x0000)\\n\\t/lib64/ld.so.2 (0x0000)\\n'",
        });
        fs.renameSync(path.join(bin, "nc"), path.join(bin, "nc.openbsd"));
        fs.symlinkSync("nc.openbsd", path.join(bin, "nc"));
    });

    after(() => {
        removeDirectory(work);
    });

    const files = (): ReturnType<typeof findToolboxFiles> =>
        runWithPath(`${bin}:${process.env.PATH ?? ""}`, () => findToolboxFiles());

    it("contains the system's programs and their libraries, each file once", async () => {
        const all = (await files()).files.map(({ from, to }) => [to, from]);
        assert.deepEqual(Object.fromEntries(all), {
            "/bin/busybox": "/bin/busybox",
            "/bin/nc": fs.realpathSync(path.join(bin, "nc.openbsd")),
            ...Object.fromEntries(
                SYSTEM_TOOLS.filter((name) => name !== "nc").map((name) => [
                    `/bin/${name}`,
                    fs.realpathSync(path.join(bin, name)),
                ]),
            ),
            "/lib/libc.so.6": "/lib/libc.so.6",
            "/lib64/ld.so.2": "/lib64/ld.so.2",
        });
        assert.equal(all.length, SYSTEM_TOOLS.length + 3);
    });

    it("links no busybox applet in place of a system program", async () => {
        const { links = {} } = await files();
        assert.ok(Object.keys(links).length > 75);
        assert.deepEqual(
            SYSTEM_TOOLS.filter((name) => `/bin/${name}` in links),
            [],
        );
    });

    it("requires one package per system program", () => {
        assert.equal(TOOLBOX_PACKAGES.length, SYSTEM_TOOLS.length + 1);
    });

    it("has an e2e command for every tool", async () => {
        const { files: programs, links = {} } = await files();
        const tools = [...programs.map(({ to }) => to), ...Object.keys(links)]
            .filter((file) => file.startsWith("/bin/") && file !== "/bin/busybox")
            .map((file) => path.basename(file));
        const words = new Set(USUAL_COMMANDS.flatMap((command) => command.split(/[\s|&;]+/)));
        assert.deepEqual(
            tools.filter((tool) => !words.has(tool)),
            [],
        );
    });

    it("has a command script that reports every failure", () => {
        const script = renderCommandsScript(1234);
        assert.equal(script.match(/failed with \$\?/g)?.length, USUAL_COMMANDS.length);
        assert.match(script, /^export PORT=1234$/m);
    });
});
