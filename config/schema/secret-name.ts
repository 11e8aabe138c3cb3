import { dnsSubdomain } from "../types/dns";
import { setting } from "./setting";

/**
 * The name of a Secret that the user creates, for example one that an operator fills from a vault.
 *
 * @param content What the Secret contains, with its keys.
 * @param instead What the stack does without the setting.
 */
export function createSecretNameSetting(content: string, instead: string): ReturnType<typeof dnsSubdomain.optional> {
    return setting(
        dnsSubdomain.optional(),
        `Name of an existing Secret in the stack's Namespace with ${content}. You create it; the stack never reads or changes it (docs/how-to/existing-secrets.md).`,
        { whenUnset: instead },
    );
}
