import * as fs from "node:fs";
import { execa } from "execa";
import type { Image, ImageFile } from "./images";
import { findSharedLibraries } from "./shared-libraries";

/** Static, so that it works without any library; Debian has another one in its place that is not. */
const BUSYBOX = "/bin/busybox";

/** busybox is all of these, by the name it is called. */
const APPLETS = (
    "[ arp awk base64 basename bc cat chmod clear cmp cp cut date dd df diff dirname du echo egrep " +
    "expr false fgrep fold free grep gunzip gzip head hexdump hostname httpd id ip kill killall less ln " +
    "ls md5sum mkdir mkfifo mktemp more mv nslookup od paste printf ps pwd readlink realpath " +
    "rev rm rmdir route sed seq sha256sum sleep stat stty sync tac tail tar tee telnet test " +
    "top touch tr true truncate tty uname uniq unzip uptime vi watch wc which whoami " +
    "xxd yes zcat"
).split(" ");

/** A tool that is the system's own program. */
interface SystemTool {
    readonly name: string;
    /** Fails where the command is missing, or is another program of that name. */
    readonly check: readonly [string, ...string[]];
    readonly debian: string;
}

/**
 * The tools that busybox has without their usual options: Debian's crashes on `wget -T` and has neither `nc -z` nor
 * `netstat -p` nor `sort -h`, and its `ping` and `traceroute` need rights that no restricted pod has. Its own tools that
 * run others, the shell first of all, would run busybox in place of these, so that they are the system's as well.
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

/** What the toolbox needs of the system: a check, and Debian's package. */
export const TOOLBOX_PACKAGES: readonly Omit<SystemTool, "name">[] = [
    { check: ["sh", "-c", `${BUSYBOX} true && ! ldd ${BUSYBOX}`], debian: "busybox-static" },
    ...SYSTEM_TOOLS,
];

/** The tools of a reader's own pod: busybox, and the system's programs with the libraries that they link to. */
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
