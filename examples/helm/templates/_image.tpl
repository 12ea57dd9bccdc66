{{/*
The image that runs now, whoever brought it there, or at the first install that of the values. Helm compares what it renders with what runs, so
it leaves the image alone exactly because it renders the one that it finds.
*/}}
{{- define "checkout.image" -}}
{{- $live := lookup "apps/v1" "Deployment" .Release.Namespace "checkout" -}}
{{- if $live -}}
{{- range $live.spec.template.spec.containers -}}
{{- if eq .name "checkout" -}}{{ .image }}{{- end -}}
{{- end -}}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end -}}
