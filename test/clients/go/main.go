package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"mime/multipart"
	"net/http"
	"os"

	"example.com/client/dockwright"
)

func main() {
	ctx := context.Background()
	// The generated code reads JSON wherever there is JSON, so it has to ask for it.
	asJSON := dockwright.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Accept", "application/json, */*;q=0.5")
		return nil
	})
	client, err := dockwright.NewClientWithResponses(os.Getenv("DOCKWRIGHT_URL"), asJSON)
	if err != nil {
		log.Fatal(err)
	}

	// A manifest becomes a Dockerfile, with the reason of each step.
	language, port := "static", 8081
	rendered, err := client.RenderDockerfileWithResponse(ctx, nil, dockwright.Manifest{Language: &language, Port: &port})
	if err != nil {
		log.Fatal(err)
	}
	answer := rendered.JSON200
	fmt.Println("dockerfile:", bytes.Contains([]byte(answer.Dockerfile), []byte("EXPOSE 8081")), len(answer.Steps))

	// An archive and a manifest become a build context, as a tar.
	archive, err := os.ReadFile(os.Getenv("ARCHIVE"))
	if err != nil {
		log.Fatal(err)
	}
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	if err := parts.WriteField("manifest", `{"port": 9000}`); err != nil {
		log.Fatal(err)
	}
	part, err := parts.CreateFormFile("archive", "project.tar")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := part.Write(archive); err != nil {
		log.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		log.Fatal(err)
	}
	packed, err := client.PackContextWithBodyWithResponse(ctx, nil, parts.FormDataContentType(), &form)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("context:", bytes.Contains(packed.Body, []byte("EXPOSE 9000")))

	// What cannot be planned comes back as a problem, typed.
	name := "nothing-known"
	refused, err := client.RenderDockerfileWithResponse(ctx, nil, dockwright.Manifest{Name: &name})
	if err != nil {
		log.Fatal(err)
	}
	if problem := refused.ApplicationproblemJSON422; problem != nil {
		fmt.Println("problem:", problem.Type, problem.Status, problem.Hint != nil)
	}
}
