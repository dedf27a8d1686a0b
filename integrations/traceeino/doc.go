package traceeino

import (
	_ "github.com/bytedance/sonic"
	_ "github.com/cloudwego/eino/callbacks"
	_ "github.com/cloudwego/eino/components/model"
	_ "github.com/cloudwego/eino/components/tool"
	_ "github.com/cloudwego/eino/components/retriever"
	_ "github.com/cloudwego/eino/compose"
	_ "github.com/cloudwego/eino/flow/agent/react"
	_ "github.com/cloudwego/eino/schema"
	_ "github.com/traceroot-ai/traceroot-go"
)
