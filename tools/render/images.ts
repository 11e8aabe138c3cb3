import { findPodSpecs, listContainers } from "./pods";
import { type Settings, removeRegistry, readStackSettings, renderProgram } from "./program";

/** An image of a stack. */
interface ImagePair {
    /** As the settings name it, without `images.registry`. */
    readonly source: string;
    /** As nodes pull it. */
    readonly image: string;
}

/** The images of all containers of a stack, sorted. Runs the program without the Pulumi CLI and without a cluster. */
export async function listImages(settings: Settings, stack?: string): Promise<readonly ImagePair[]> {
    const sources = await renderContainerImages(removeRegistry(settings), stack);
    const images = await renderContainerImages(settings, stack);
    const pairs = new Map(sources.map((source, index) => [source, images[index] ?? source]));
    return [...pairs].map(([source, image]) => ({ source, image })).sort((a, b) => (a.source < b.source ? -1 : 1));
}

/** The image of each container, in an order that does not depend on the registry. */
async function renderContainerImages(settings: Settings, stack: string | undefined): Promise<readonly string[]> {
    const { recorder } = await renderProgram(settings, stack);
    return recorder.manifests
        .map((manifest) => ({
            key: `${manifest.metadata.namespace ?? ""}/${manifest.kind}/${manifest.metadata.name}`,
            images: findPodSpecs(manifest)
                .flatMap(listContainers)
                .map(({ image }) => image),
        }))
        .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
        .flatMap(({ images }) => images);
}

/**
 * Renders one image on each line, or for a mirror the image to copy and its copy.
 *
 * @throws when a mirror is asked for and the stack has none.
 */
export async function renderImages(stack: string, mirror: boolean): Promise<string> {
    const settings = readStackSettings(stack);
    const pairs = await listImages(settings, stack);
    if (mirror && pairs.every(({ image, source }) => image === source)) {
        throw new Error(
            `stack ${stack} has no mirror: run \`pulumi config set --stack ${stack} --path otel-stack:images.registry REGISTRY\``,
        );
    }
    return [...new Set(pairs.map(({ image, source }) => (mirror ? `${source} ${image}` : image)))]
        .map((line) => `${line}\n`)
        .join("");
}

async function main([stack, mirror = ""]: readonly string[]): Promise<void> {
    if (stack === undefined) {
        throw new Error("missing argument: the stack, for example: tools/render/images.ts dev");
    }
    process.stdout.write(await renderImages(stack, mirror !== ""));
}

if (require.main === module) {
    main(process.argv.slice(2)).catch((error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    });
}
