import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, objectAt, objectsAt, textAt } from "../shared/json";
import { type ApiRequest, isNotFound, type KubeClient } from "./client";
import { type GroupVersionKind, nameOf, namespaceOf } from "./object";

/** Where an object lives on the API server. */
export interface Location {
    readonly path: string;
    /** Undefined for what lives in no namespace. */
    readonly namespace?: string;
}

export interface ApplyOptions {
    readonly manager: string;
    /** Takes over fields that others manage. */
    readonly force: boolean;
    readonly dryRun: boolean;
    readonly onWarning?: (message: string) => void;
}

interface ResourceKind {
    readonly plural: string;
    readonly namespaced: boolean;
}

const NEW_KIND_DELAYS_MS = [250, 500, 1000, 2000, 4000];

/** The API server by objects rather than by paths. */
export class Cluster {
    private readonly kinds = new Map<string, Promise<readonly JsonObject[]>>();

    constructor(
        readonly client: KubeClient,
        readonly defaultNamespace: string,
    ) {}

    /** Undefined when the API server does not know the kind. */
    async locate(type: GroupVersionKind, name: string, namespace: string | undefined): Promise<Location | undefined> {
        const found = await this.find(type);
        if (found === undefined) {
            return undefined;
        }
        const base = groupPath(type.apiVersion);
        if (!found.namespaced) {
            return { path: `${base}/${found.plural}/${encodeURIComponent(name)}` };
        }
        const home = namespace ?? this.defaultNamespace;
        const folder = `${base}/namespaces/${encodeURIComponent(home)}/${found.plural}`;
        return { path: `${folder}/${encodeURIComponent(name)}`, namespace: home };
    }

    /** Like locate, but waits a moment for a kind whose definition was made just now. */
    async locateNew(type: GroupVersionKind, name: string, namespace: string | undefined): Promise<Location> {
        for (const delay of [...NEW_KIND_DELAYS_MS, 0]) {
            const location = await this.locate(type, name, namespace);
            if (location !== undefined) {
                return location;
            }
            await sleep(delay);
        }
        throw unknownKind(type);
    }

    locateObject(object: JsonObject, type: GroupVersionKind): Promise<Location | undefined> {
        return this.locate(type, nameOf(object), namespaceOf(object));
    }

    /** Undefined when there is no such object. */
    async get({ path }: Location, signal?: AbortSignal): Promise<JsonObject | undefined> {
        try {
            return await this.client.get(path, undefined, signal);
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    }

    /** Server-side apply: creates the object or changes it. */
    apply({ path, namespace }: Location, object: JsonObject, options: ApplyOptions): Promise<JsonObject> {
        const { manager, force, dryRun, onWarning } = options;
        const request: ApiRequest = {
            method: "PATCH",
            path,
            query: { fieldManager: manager, ...(force && { force: "true" }), ...(dryRun && { dryRun: "All" }) },
            body:
                namespace === undefined
                    ? object
                    : { ...object, metadata: { ...objectAt(object, "metadata"), namespace } },
            ...(onWarning && { onWarning }),
        };
        return this.client.request(request);
    }

    private async find(type: GroupVersionKind): Promise<ResourceKind | undefined> {
        const known = (await this.resources(type.apiVersion)).find(
            (resource) => resource.kind === type.kind && !(textAt(resource, "name") ?? "/").includes("/"),
        );
        if (known === undefined) {
            this.kinds.delete(type.apiVersion);
            return undefined;
        }
        return { plural: textAt(known, "name") ?? "", namespaced: known.namespaced === true };
    }

    private resources(apiVersion: string): Promise<readonly JsonObject[]> {
        const cached = this.kinds.get(apiVersion);
        if (cached !== undefined) {
            return cached;
        }
        const fetched = this.client.get(groupPath(apiVersion)).then(
            (list) => objectsAt(list, "resources"),
            (error: unknown) => {
                this.kinds.delete(apiVersion);
                if (isNotFound(error)) {
                    return [];
                }
                throw error;
            },
        );
        this.kinds.set(apiVersion, fetched);
        return fetched;
    }
}

export function unknownKind({ apiVersion, kind }: GroupVersionKind): Error {
    return new Error(
        `no matches for kind "${kind}" in version "${apiVersion}": the API server does not know it. ` +
            "Verify that any required CRDs have been created",
    );
}

function groupPath(apiVersion: string): string {
    return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
