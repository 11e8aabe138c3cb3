import { NAMESPACE_PLACEHOLDER } from "./template";

/**
 * The chart's own functions. The files of a ConfigMap are no templates, so that braces in them mean nothing to Helm; the
 * hash in a ConfigMap's name is made as components/kubernetes/config-map.ts makes it, so that another Namespace, which
 * is part of the files, has other names.
 */
export const HELPERS = `{{- /* The files of a ConfigMap, as JSON: a list of the root and their folder. */ -}}
{{- define "otel-stack.files" -}}
{{- $root := index . 0 }}
{{- $files := dict }}
{{- range $path, $_ := $root.Files.Glob (printf "files/%s/*" (index . 1)) }}
{{- $_ := set $files (base $path) ($root.Files.Get $path | replace "${NAMESPACE_PLACEHOLDER}" $root.Values.namespace) }}
{{- end }}
{{- toJson $files }}
{{- end }}

{{- /* The name of a ConfigMap, which ends with a hash of its files: a list of the root and their folder. */ -}}
{{- define "otel-stack.configMapName" -}}
{{- $files := list }}
{{- range $name, $content := include "otel-stack.files" . | fromJson }}
{{- $files = append $files (list $name $content) }}
{{- end }}
{{- printf "%s-%s" (index . 1) ($files | toRawJson | sha256sum | trunc 8) }}
{{- end }}
`;
