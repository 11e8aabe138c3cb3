import * as fs from "node:fs";
import { execa } from "execa";
import type { Image, ImageFile } from "./pack-image";
import { findSharedLibraries } from "./shared-libraries";

/** Must be the static variant, which runs without libraries. Debian also has a dynamic variant at this path. */
const BUSYBOX = "/bin/busybox";

/** Commands that busybox implements. The image links them to busybox. */
const APPLETS = (
    "[ arp awk base64 basename bc cat chmod clear cmp cp cut date dd df diff dirname du echo egrep " +
    "expr false fgrep fold free grep gunzip gzip head hexdump hostname httpd id ip kill killall less ln " +
    "ls md5sum mkdir mkfifo mktemp more mv nslookup od paste printf ps pwd readlink realpath " +
    "rev rm rmdir route sed seq sha256sum sleep stat stty sync tac tail tar tee telnet test " +
    "top touch tr true truncate tty uname uniq unzip uptime vi watch wc which whoami " +
    "xxd yes zcat"
).split(" ");

/** A tool that is copied from this machine. */
interface SystemTool {
    readonly name: string;
    /** Command that fails if the tool is missing or is another program of the same name. */
    readonly check: readonly [string, ...string[]];
    readonly debian: string;
}

/**
 * Tools for which the busybox of Debian is not sufficient: it crashes on `wget -T`, it lacks `nc -z`, `netstat -p` and
 * `sort -h`, and its `ping` and `traceroute` require privileges that restricted pods do not have. Tools that run other
 * tools, such as the shell, are included, because those of busybox would run the busybox variants.
 */
const SYSTEM_TOOLS: readonly SystemTool[] = [
    { name: "bash", check: ["bash", "--version"], debian: "bash" },
    { name: "env", check: ["env", "--version"], debian: "coreutils" },
    { name: "find", check: ["find", "--version"], debian: "findutils" },
    { name: "nc", check: ["sh", "-c", "nc -h 2>&1 | grep -q -e -z"], debian: "netcat-openbsd" },
    { name: "netstat", check: ["sh", "-c", "netstat --version | grep -q net-tools"], debian: "net-tools" },
    { name: "ping", check: ["ping", "-V"], debian: "iputils-ping" },
    { name: "sort", check: ["sort", "--version"], debian: "coreutils" },
    { name: "timeout", check: ["timeout", "--version"], debian: "coreutils" },
    { name: "traceroute", check: ["traceroute", "--version"], debian: "traceroute" },
    { name: "wget", check: ["wget", "--version"], debian: "wget" },
    { name: "xargs", check: ["xargs", "--version"], debian: "findutils" },
];

/** System packages that the toolbox image requires. */
export const TOOLBOX_PACKAGES: readonly Omit<SystemTool, "name">[] = [
    { check: ["sh", "-c", `${BUSYBOX} true && ! ldd ${BUSYBOX}`], debian: "busybox-static" },
    ...SYSTEM_TOOLS,
];

/** Finds the files of the toolbox image: busybox, and system programs with their shared libraries. */
export async function findToolboxFiles(): Promise<Pick<Image, "files" | "links">> {
    const files = new Map<string, ImageFile>([["/bin/busybox", { from: BUSYBOX, to: "/bin/busybox", mode: 0o755 }]]);
    for (const { name } of SYSTEM_TOOLS) {
        const { stdout } = await execa("sh", ["-c", 'command -v "$1"', "sh", name]);
        const program = fs.realpathSync(stdout);
        files.set(`/bin/${name}`, { from: program, to: `/bin/${name}`, mode: 0o755 });
        for (const library of await findSharedLibraries(program)) {
            files.set(library, { from: library, to: library, mode: 0o755 });
        }
    }
    return {
        files: [...files.values()],
        links: { "/bin/sh": "bash", ...Object.fromEntries(APPLETS.map((applet) => [`/bin/${applet}`, "busybox"])) },
    };
}
