import { randomUUID } from "node:crypto";
import * as http from "node:http";
import { isDeepStrictEqual } from "node:util";
import { type JsonObject, objectAt, parseJson, textAt } from "../../../../sandbox/plugins/shared/json";

const RESOURCES: Readonly<Record<string, readonly JsonObject[]>> = {
    "/api/v1": [
        { name: "namespaces", kind: "Namespace", namespaced: false },
        { name: "configmaps", kind: "ConfigMap", namespaced: true },
        { name: "secrets", kind: "Secret", namespaced: true },
        { name: "services", kind: "Service", namespaced: true },
        { name: "services/status", kind: "Service", namespaced: true },
    ],
    "/apis/apps/v1": [{ name: "deployments", kind: "Deployment", namespaced: true }],
};

interface Answer {
    readonly code: number;
    readonly body: JsonObject;
    readonly warning?: string;
}

/** As much of a Kubernetes API server as the plugin's operations need, in memory. */
export class FakeApi {
    readonly objects = new Map<string, JsonObject>();
    /** `PATCH /path?query`, in the order they came. */
    readonly requests: string[] = [];
    /** Sent with every change. */
    warning: string | undefined;
    private readonly server = http.createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            const body = Buffer.concat(chunks).toString("utf8");
            const { code, body: answer, warning } = this.answer(request.method ?? "", request.url ?? "", body);
            const header = warning === undefined ? {} : { warning: `299 - ${JSON.stringify(warning)}` };
            response.writeHead(code, { "content-type": "application/json", ...header });
            response.end(JSON.stringify(answer));
        });
    });

    /** Returns a kubeconfig that points here. */
    async start(): Promise<string> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        const address = this.server.address();
        const port = typeof address === "object" && address !== null ? address.port : 0;
        return JSON.stringify({
            clusters: [{ name: "fake", cluster: { server: `http://127.0.0.1:${port}` } }],
            users: [{ name: "me", user: { token: "t" } }],
            contexts: [{ name: "fake", context: { cluster: "fake", user: "me" } }],
            "current-context": "fake",
        });
    }

    stop(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    private answer(method: string, url: string, body: string): Answer {
        this.requests.push(`${method} ${url}`);
        const { pathname, searchParams } = new URL(url, "http://fake");
        const resources = RESOURCES[pathname];
        if (resources !== undefined) {
            return { code: 200, body: { resources } };
        }
        const found = this.objects.get(pathname);
        if (method === "PATCH") {
            return this.apply(pathname, objectAt(parseJson(body)), searchParams.has("dryRun"));
        }
        if (found === undefined) {
            return pathname.endsWith("s") && !pathname.includes("/gone")
                ? { code: 200, body: { items: [] } }
                : failure(404, `${pathname} not found`);
        }
        if (method === "DELETE") {
            this.objects.delete(pathname);
        }
        return { code: 200, body: found };
    }

    private apply(path: string, object: JsonObject, dryRun: boolean): Answer {
        const namespace = textAt(object, "metadata", "namespace");
        const home = `/api/v1/namespaces/${namespace ?? ""}`;
        if (namespace !== undefined && namespace !== "default" && !this.objects.has(home)) {
            return failure(404, `namespaces "${namespace}" not found`, { name: namespace, kind: "namespaces" });
        }
        const old = this.objects.get(path);
        if (old?.immutable === true && !isDeepStrictEqual(old.data, object.data)) {
            const message = "Forbidden: field is immutable when `immutable` is set";
            return failure(422, `ConfigMap is invalid: data: ${message}`, { causes: [{ field: "data", message }] });
        }
        const stored = this.complete(object, old);
        if (!dryRun) {
            this.objects.set(path, stored);
        }
        return { code: 200, body: stored, ...(this.warning !== undefined && { warning: this.warning }) };
    }

    private complete(object: JsonObject, old: JsonObject | undefined): JsonObject {
        const { stringData, ...rest } = object;
        const encoded: JsonObject = Object.fromEntries(
            Object.entries(objectAt(stringData)).map(([key, value]) => [
                key,
                Buffer.from(typeof value === "string" ? value : "").toString("base64"),
            ]),
        );
        return {
            ...rest,
            ...(stringData !== undefined && { data: { ...objectAt(rest.data), ...encoded } }),
            metadata: {
                ...objectAt(object, "metadata"),
                uid: textAt(old, "metadata", "uid") ?? randomUUID(),
                resourceVersion: "1",
                generation: 1,
                managedFields: [{ manager: "somebody" }],
            },
            ...(old?.status !== undefined && { status: old.status }),
        };
    }
}

function failure(code: number, message: string, details: JsonObject = {}): Answer {
    return { code, body: { kind: "Status", code, message, details } };
}
