import type { ImageSettings } from "../schema/schema";
import { overrideRegistry } from "../types/image";

type ImageName = Exclude<keyof ImageSettings, "credentials" | "pullPolicy" | "pullSecrets" | "registry">;

/** The images of the stack, as nodes pull them. */
export interface ImagePlan extends Readonly<Record<Exclude<ImageName, "shop">, string>> {
    /** Undefined if the settings name none. */
    readonly shop: string | undefined;
}

export function resolveImages({ images }: { readonly images: ImageSettings }): ImagePlan {
    const resolve = (image: string): string =>
        images.registry === undefined ? image : overrideRegistry(image, images.registry);
    return {
        agent: resolve(images.agent ?? images.collector),
        alertmanager: resolve(images.alertmanager),
        collector: resolve(images.collector),
        grafana: resolve(images.grafana),
        jaeger: resolve(images.jaeger),
        loki: resolve(images.loki),
        prometheus: resolve(images.prometheus),
        shop: images.shop === undefined ? undefined : resolve(images.shop),
        telemetrygen: resolve(images.telemetrygen),
        victoriaLogs: resolve(images.victoriaLogs),
    };
}

/** Credentials for a registry. */
export interface RegistryCredentials {
    /** Their name in the settings. */
    readonly name: string;
    readonly registry: string;
    readonly username: string;
    readonly password: string;
}

/** Rules reject what is not set. */
export function resolveCredentials({ credentials, registry }: ImageSettings): readonly RegistryCredentials[] {
    const [host = ""] = registry?.split("/") ?? [];
    return Object.entries(credentials).map(([name, { registry: own = host, username = "", password = "" }]) => ({
        name,
        registry: own,
        username,
        password,
    }));
}
