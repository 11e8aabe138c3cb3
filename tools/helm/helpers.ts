import { NAMESPACE_PLACEHOLDER } from "./template";

/**
 * Named templates of the chart.
 *
 * ConfigMap files are chart files and not templates, so Helm does not interpret braces in them. The hash in a ConfigMap
 * name is computed as in components/kubernetes/config-map.ts. It changes with the Namespace, which the files contain.
 */
export const HELPERS = `{{- /* Returns the files of a ConfigMap as JSON. Argument: a list of the root context and the folder. */ -}}
{{- define "otel-stack.files" -}}
{{- $root := index . 0 }}
{{- $files := dict }}
{{- range $path, $_ := $root.Files.Glob (printf "files/%s/*" (index . 1)) }}
{{- $_ := set $files (base $path) ($root.Files.Get $path | replace "${NAMESPACE_PLACEHOLDER}" $root.Values.namespace) }}
{{- end }}
{{- toJson $files }}
{{- end }}

{{- /* Returns the name of a ConfigMap with the hash of its files. Argument: a list of the root context and the folder. */ -}}
{{- define "otel-stack.configMapName" -}}
{{- $files := list }}
{{- range $name, $content := include "otel-stack.files" . | fromJson }}
{{- $files = append $files (list $name $content) }}
{{- end }}
{{- printf "%s-%s" (index . 1) ($files | toRawJson | sha256sum | trunc 8) }}
{{- end }}
`;
