package example;

import dockwright.ApiClient;
import dockwright.ApiException;
import dockwright.JSON;
import dockwright.api.ManifestApi;
import dockwright.api.SourceApi;
import dockwright.model.Manifest;
import dockwright.model.Problem;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

public class Main {
  public static void main(String[] args) throws Exception {
    var client = new ApiClient().setBasePath(System.getenv("DOCKWRIGHT_URL"));
    var manifests = new ManifestApi(client);
    var sources = new SourceApi(client);

    // A manifest becomes a Dockerfile, with the reason of each step.
    var rendered = manifests.renderDockerfile(new Manifest().language("static").port(8081), null, null, null, null);
    System.out.println("dockerfile: " + rendered.getDockerfile().contains("EXPOSE 8081") + " " + rendered.getSteps().size());

    // An archive and a manifest become a build context, as a tar.
    var archive = new File(System.getenv("ARCHIVE"));
    var packed = sources.packContext(archive, null, null, null, null, null, null, null, null, new Manifest().port(9000));
    var tar = new String(Files.readAllBytes(packed.toPath()), StandardCharsets.ISO_8859_1);
    System.out.println("context: " + tar.contains("EXPOSE 9000"));

    // What cannot be planned comes back as a problem, typed.
    try {
      manifests.renderDockerfile(new Manifest().name("nothing-known"), null, null, null, null);
    } catch (ApiException refused) {
      var problem = JSON.getGson().fromJson(refused.getResponseBody(), Problem.class);
      System.out.println("problem: " + problem.getType() + " " + problem.getStatus() + " " + (problem.getHint() != null));
    }
  }
}
