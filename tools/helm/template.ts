import { renderDenyAllPolicy } from "../../components/network-policies/render";
import { parseRegistry } from "../../config/types/image";
import { formatYaml } from "../render/manifests";
import { isRecord, type Manifest } from "../render/program";
import { renameSecrets, type UsedSecret } from "./secrets";

/**
 * Namespace name in the rendering for a chart. The name is unique, so that a template action can replace every
 * occurrence.
 */
export const NAMESPACE_PLACEHOLDER = "namespace-of-the-stack";

/** A ConfigMap whose data are files of the chart. */
export interface ConfigMapFiles {
    /** Name in the rendered manifests. */
    readonly name: string;
    /** Folder in `files/` of the chart. */
    readonly folder: string;
    /** Whether the name ends with a hash of the files. The hash changes with the Namespace. */
    readonly hashed: boolean;
    readonly files: Readonly<Record<string, string>>;
}

/** Inputs that are common to all templates of a chart. */
export interface TemplateContext {
    readonly secrets: readonly UsedSecret[];
    readonly configMaps: readonly ConfigMapFiles[];
}

const HASH = /-[0-9a-f]{8}$/;

export function extractConfigMapFiles({ data, immutable, metadata: { name } }: Manifest): ConfigMapFiles {
    const hashed = immutable === true && HASH.test(name);
    const files = isRecord(data) ? data : {};
    return {
        name,
        folder: hashed ? name.replace(HASH, "") : name,
        hashed,
        files: Object.fromEntries(Object.entries(files).map(([file, content]) => [file, String(content)])),
    };
}

/** Replaces template actions by placeholders while objects are formatted as YAML, which would quote the actions. */
class TemplateActions {
    private readonly actions: string[] = [];

    placeholder(action: string): string {
        return `__action_${this.actions.push(action) - 1}__`;
    }

    /** Replaces placeholders by their actions, and escapes other braces in the text. */
    expand(text: string): string {
        return templatizeNamespace(text).replace(
            /__action_(\d+)__/g,
            (_, index: string) => this.actions[Number(index)] ?? "",
        );
    }
}

/** Escapes braces, and replaces the placeholder Namespace by the chart value. */
export function templatizeNamespace(text: string): string {
    return text.replaceAll("{{", '{{ "{{" }}').replaceAll(NAMESPACE_PLACEHOLDER, "{{ .Values.namespace }}");
}

/** Renders the template of one object. */
export function renderTemplate(manifest: Manifest, context: TemplateContext): string {
    const actions = new TemplateActions();
    const withSecrets = renameSecrets(manifest, (name) => actions.placeholder(renderSecretName(name, context)));
    const templatized = templatize(
        isDenyAllPolicy(manifest) ? templatizeDenyAll(withSecrets) : withSecrets,
        actions,
        context,
    );
    const text = actions
        .expand(formatYaml(templatized))
        .replace(PULL_SECRETS, renderPullSecrets)
        .replace(FILES, renderConfigMapData)
        .replace(DENY_ALL_SELECTOR, renderDenyAllSelector);
    return manifest.kind === "Namespace" && manifest.metadata.name === NAMESPACE_PLACEHOLDER
        ? renderNamespaceTemplate(text)
        : manifest.kind === "Job"
          ? `{{- if .Values.jobs }}\n${text}{{- end }}\n`
          : text;
}

/** Whether the object is the default-deny policy of the stack's Namespace. */
function isDenyAllPolicy({ kind, metadata, spec }: Manifest): boolean {
    return (
        kind === "NetworkPolicy" &&
        metadata.namespace === NAMESPACE_PLACEHOLDER &&
        isRecord(spec) &&
        isRecord(spec.podSelector) &&
        Object.keys(spec.podSelector).length === 0
    );
}

function templatizeDenyAll(policy: unknown): unknown {
    return isRecord(policy) && isRecord(policy.spec)
        ? { ...policy, spec: { ...policy.spec, podSelector: "__denied_pods__" } }
        : policy;
}

const DENY_ALL_SELECTOR = /^( *)podSelector: __denied_pods__$/m;

/** In an existing Namespace, the policy must select only pods of the stack, as with `namespace.create: false`. */
function renderDenyAllSelector(_: string, indent: string): string {
    const { podSelector } = renderDenyAllPolicy(false).spec;
    return [
        `${indent}{{- if .Values.createNamespace }}`,
        `${indent}podSelector: {}`,
        `${indent}{{- else }}`,
        ...formatYaml({ podSelector })
            .trimEnd()
            .split("\n")
            .map((line) => `${indent}${line}`),
        `${indent}{{- end }}`,
    ].join("\n");
}

function renderSecretName(name: string, { secrets }: TemplateContext): string {
    const secret = secrets.find((candidate) => candidate.name === name);
    return secret === undefined ? name : `{{ .Values.secrets.${secret.valueKey} | quote }}`;
}

function templatize(value: unknown, actions: TemplateActions, context: TemplateContext): unknown {
    if (Array.isArray(value)) {
        return value.map((child: unknown) => templatize(child, actions, context));
    }
    if (typeof value === "string") {
        return templatizeText(value, actions, context);
    }
    if (!isRecord(value)) {
        return value;
    }
    const configMap = findConfigMapFiles(value, context);
    if (configMap !== undefined && isRecord(value.data)) {
        return templatize({ ...value, data: `__files_of_${configMap.folder}__` }, actions, context);
    }
    const templatized: Readonly<Record<string, unknown>> = Object.fromEntries(
        Object.entries(value).map(([key, child]) => [key, templatize(child, actions, context)]),
    );
    return "containers" in value ? templatizePod(templatized, actions) : templatized;
}

/** The files of a ConfigMap. Undefined for other objects, and for a ConfigMap that may change, such as one of variables. */
function findConfigMapFiles(
    { kind, metadata }: Readonly<Record<string, unknown>>,
    { configMaps }: TemplateContext,
): ConfigMapFiles | undefined {
    return kind === "ConfigMap"
        ? configMaps.find(({ name }) => isRecord(metadata) && metadata.name === name)
        : undefined;
}

/** Quotes a value that is the Namespace name, because YAML reads a name such as `on` as another type. */
function templatizeText(text: string, actions: TemplateActions, { configMaps }: TemplateContext): string {
    if (text === NAMESPACE_PLACEHOLDER) {
        return actions.placeholder("{{ .Values.namespace | quote }}");
    }
    const hashed = configMaps.find((configMap) => configMap.hashed && configMap.name === text);
    return hashed === undefined
        ? text
        : actions.placeholder(`{{ include "otel-stack.configMapName" (list . "${hashed.folder}") }}`);
}

/** Replaces the registries, the pull policy and the pull secrets of a pod spec. */
function templatizePod(
    spec: Readonly<Record<string, unknown>>,
    actions: TemplateActions,
): Readonly<Record<string, unknown>> {
    const templatized: Record<string, unknown> = { ...spec };
    for (const key of ["containers", "initContainers"]) {
        const containers = spec[key];
        if (Array.isArray(containers)) {
            templatized[key] = containers.map((container: unknown) => templatizeContainer(container, actions));
        }
    }
    return { ...templatized, imagePullSecrets: "__pull_secrets__" };
}

function templatizeContainer(container: unknown, actions: TemplateActions): unknown {
    return isRecord(container) && typeof container.image === "string"
        ? {
              ...container,
              image: templatizeImage(container.image, actions),
              ...("imagePullPolicy" in container
                  ? { imagePullPolicy: actions.placeholder("{{ .Values.imagePullPolicy }}") }
                  : {}),
          }
        : container;
}

function templatizeImage(image: string, actions: TemplateActions): string {
    const { registry, rest } = parseRegistry(image);
    const original = registry === undefined ? "" : `{{ else }}${registry}/`;
    return `${actions.placeholder(`{{ with .Values.imageRegistry }}{{ . }}/${original}{{ end }}`)}${rest}`;
}

const PULL_SECRETS = /^( *)imagePullSecrets: __pull_secrets__$/gm;

function renderPullSecrets(_: string, indent: string): string {
    return [
        `${indent}{{- with .Values.imagePullSecrets }}`,
        `${indent}imagePullSecrets:`,
        `${indent}{{- range . }}`,
        `${indent}  - name: {{ . | quote }}`,
        `${indent}{{- end }}`,
        `${indent}{{- end }}`,
    ].join("\n");
}

const FILES = /^data: __files_of_(.*)__$/gm;

function renderConfigMapData(_: string, folder: string): string {
    return `data:\n  {{- include "otel-stack.files" (list . "${folder}") | fromJson | toYaml | nindent 2 }}`;
}

/** Helm stores the release before it creates the Namespace of the chart, so the release cannot be in it. */
function renderNamespaceTemplate(text: string): string {
    return `{{- if .Values.createNamespace }}
{{- if eq .Release.Namespace .Values.namespace }}
{{- fail (printf "the chart creates the Namespace %s, so Helm cannot store the release in it: omit --namespace, or create the Namespace first and set createNamespace=false" .Values.namespace) }}
{{- end }}
${text}{{- end }}
`;
}
