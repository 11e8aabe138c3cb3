import { stringify } from "yaml";
import { type Manifest, type Settings, isRecord, renderProgram, readStackSettings } from "./program";

/** What must be there before what stands in it or mounts it; everything else follows by name. */
const FIRST_KINDS = ["Namespace", "Secret", "ConfigMap"];

/** The whole stack as plain YAML in a stable order, by running the program without a CLI and without a cluster. */
export async function renderStackManifests(stack: string): Promise<string> {
    return renderManifests(readStackSettings(stack), stack);
}

/** The same of a stack with those settings. */
export async function renderManifests(settings: Settings, stack?: string): Promise<string> {
    const { recorder } = await renderProgram(settings, stack);
    return formatManifests(recorder.manifests);
}

export function formatManifests(manifests: readonly Manifest[]): string {
    return [...manifests]
        .sort((a, b) => compareStrings(sortKey(a), sortKey(b)))
        .map(
            (manifest) =>
                `---\n${manifest.kind === "Secret" ? renderSecretNote(manifest) : formatYaml(stripPulumiAnnotations(manifest))}`,
        )
        .join("");
}

/** The same text for the same content. */
export function formatYaml(value: unknown): string {
    return stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

function sortKey({ kind, metadata }: Manifest): string {
    const rank = FIRST_KINDS.indexOf(kind);
    return [rank < 0 ? FIRST_KINDS.length : rank, metadata.namespace ?? "", kind, metadata.name].join("/");
}

function compareStrings(a: string, b: string): number {
    return a < b ? -1 : Number(a > b);
}

/** Without the annotations that tell Pulumi how long to wait: nobody else reads them. */
export function stripPulumiAnnotations(manifest: Manifest): Manifest {
    const { annotations = {}, ...metadata } = manifest.metadata;
    const kept = Object.entries(annotations).filter(([name]) => !name.startsWith("pulumi.com/"));
    return {
        ...manifest,
        metadata: kept.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(kept) },
    };
}

/** A secret's value belongs in no file: says what to create instead. */
function renderSecretNote(secret: Manifest): string {
    const { metadata } = secret;
    const type = typeof secret.type === "string" ? secret.type : "Opaque";
    return [
        `# Secret ${metadata.name}: not printed. Create it before you apply the rest:`,
        `#   namespace: ${metadata.namespace ?? "default"}`,
        `#   type: ${type}`,
        `#   keys: ${secretKeys(secret).join(", ")}`,
        "",
    ].join("\n");
}

/** What a Secret has, in order and without its values. */
export function secretKeys({ data, stringData }: Manifest): string[] {
    const keys = [data, stringData].flatMap((part) => (isRecord(part) ? Object.keys(part) : []));
    return [...new Set(keys)].sort();
}

async function main(stack: string | undefined): Promise<void> {
    if (stack === undefined) {
        throw new Error("which stack? tools/render/manifests.ts dev");
    }
    process.stdout.write(await renderStackManifests(stack));
}

if (require.main === module) {
    main(process.argv[2]).catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    });
}
