import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { at, type JsonObject, objectAt, objectsAt, textAt, toJson } from "../shared/json";

/** How to reach an API server, and as whom. */
export interface Connection {
    /** `https://host:port`, without a slash at its end. */
    readonly server: string;
    /** Where objects go that name no namespace. */
    readonly namespace: string;
    readonly tls: {
        readonly ca?: Buffer;
        readonly cert?: Buffer;
        readonly key?: Buffer;
        readonly servername?: string;
        readonly rejectUnauthorized: boolean;
    };
    readonly authorization?: string;
}

/** What the provider's arguments say; each has a default. */
export interface KubeconfigChoice {
    /** A file's path or its content. @default the files of $KUBECONFIG, else ~/.kube/config */
    readonly kubeconfig?: string | undefined;
    /** @default the current context */
    readonly context?: string | undefined;
    /** @default the context's */
    readonly cluster?: string | undefined;
    /** @default the context's, else "default" */
    readonly namespace?: string | undefined;
}

interface Source {
    readonly config: JsonObject;
    /** Relative paths inside start here. */
    readonly folder: string;
}

/** Reads the connection. Throws an error that says which part of the kubeconfig is missing. */
export function readConnection(choice: KubeconfigChoice, env: NodeJS.ProcessEnv): Connection {
    const sources = readSources(choice.kubeconfig, env);
    const current = sources.map(({ config }) => textAt(config, "current-context")).find((name) => name !== undefined);
    const contextName = choice.context ?? current;
    if (contextName === undefined) {
        throw new Error("the kubeconfig has no current-context, and the provider no context");
    }
    const context = find(sources, "contexts", contextName).entry;
    const cluster = find(sources, "clusters", choice.cluster ?? textAt(context, "cluster") ?? "");
    const user = find(sources, "users", textAt(context, "user") ?? "");
    const server = textAt(cluster.entry, "server");
    if (server === undefined) {
        throw new Error(`the cluster of context "${contextName}" has no server in the kubeconfig`);
    }
    const authorization = authorizationOf(user.entry, user.folder);
    return {
        server: server.replace(/\/$/, ""),
        namespace: choice.namespace ?? textAt(context, "namespace") ?? "default",
        tls: tlsOf(cluster, user),
        ...(authorization === undefined ? {} : { authorization }),
    };
}

function readSources(kubeconfig: string | undefined, env: NodeJS.ProcessEnv): readonly Source[] {
    if (kubeconfig !== undefined && /[\n{]/.test(kubeconfig)) {
        return [{ config: parseConfig(kubeconfig, "the provider's kubeconfig"), folder: process.cwd() }];
    }
    const listed = kubeconfig ?? env.KUBECONFIG ?? path.join(os.homedir(), ".kube/config");
    const files = listed.split(path.delimiter).filter((file) => file !== "" && fs.existsSync(file));
    if (files.length === 0) {
        throw new Error(`no kubeconfig at ${listed}`);
    }
    return files.map((file) => ({
        config: parseConfig(fs.readFileSync(file, "utf8"), file),
        folder: path.dirname(path.resolve(file)),
    }));
}

function parseConfig(text: string, origin: string): JsonObject {
    const config = toJson(parse(text) ?? {});
    if (objectsAt(config, "clusters").length === 0) {
        throw new Error(`${origin} is no kubeconfig: it lists no clusters`);
    }
    return objectAt(config);
}

function find(sources: readonly Source[], list: "contexts" | "clusters" | "users", name: string): Entry {
    for (const { config, folder } of sources) {
        const found = objectsAt(config, list).find((item) => item.name === name);
        if (found !== undefined) {
            return { entry: objectAt(found, list.slice(0, -1)), folder };
        }
    }
    throw new Error(`the kubeconfig has no entry "${name}" among its ${list}`);
}

interface Entry {
    readonly entry: JsonObject;
    readonly folder: string;
}

function tlsOf(cluster: Entry, user: Entry): Connection["tls"] {
    const ca = dataOrFile(cluster, "certificate-authority");
    const cert = dataOrFile(user, "client-certificate");
    const key = dataOrFile(user, "client-key");
    const servername = textAt(cluster.entry, "tls-server-name");
    return {
        rejectUnauthorized: at(cluster.entry, "insecure-skip-tls-verify") !== true,
        ...(ca && { ca }),
        ...(cert && { cert }),
        ...(key && { key }),
        ...(servername !== undefined && { servername }),
    };
}

function dataOrFile({ entry, folder }: Entry, key: string): Buffer | undefined {
    const data = textAt(entry, `${key}-data`);
    if (data !== undefined) {
        return Buffer.from(data, "base64");
    }
    const file = textAt(entry, key);
    return file === undefined ? undefined : fs.readFileSync(path.resolve(folder, file));
}

function authorizationOf(user: JsonObject, folder: string): string | undefined {
    const file = textAt(user, "tokenFile");
    const token =
        file === undefined ? textAt(user, "token") : fs.readFileSync(path.resolve(folder, file), "utf8").trim();
    if (token !== undefined) {
        return `Bearer ${token}`;
    }
    const name = textAt(user, "username");
    if (name !== undefined) {
        return `Basic ${Buffer.from(`${name}:${textAt(user, "password") ?? ""}`).toString("base64")}`;
    }
    if (user.exec !== undefined || user["auth-provider"] !== undefined) {
        throw new Error("the sandbox's stand-in runs no credential plugin of a kubeconfig: use the official plugin");
    }
    return undefined;
}
