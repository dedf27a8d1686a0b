package api

import (
	"net/http"
	"strings"
)

// whoAmI tells a client what its key is good for. All members are always there.
type whoAmI struct {
	ProjectID     string  `json:"project_id"`
	ProjectName   *string `json:"project_name"`
	WorkspaceID   string  `json:"workspace_id"`
	WorkspaceName *string `json:"workspace_name"`
	KeyName       *string `json:"key_name"`
	KeyHint       *string `json:"key_hint"`
	Host          string  `json:"host"`
	UIBaseURL     string  `json:"ui_base_url"`
}

func (s *server) whoami(r *http.Request, who Identity) (any, error) {
	return whoAmI{
		ProjectID: who.Project, ProjectName: null(who.ProjectName),
		WorkspaceID: who.Workspace, WorkspaceName: null(who.WorkspaceName),
		KeyName: null(who.KeyName), KeyHint: null(who.KeyHint),
		Host: strings.TrimRight(baseURL(r), "/"), UIBaseURL: s.uiBaseURL(r),
	}, nil
}
