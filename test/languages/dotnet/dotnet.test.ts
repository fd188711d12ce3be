import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviceOf, dockerfileOf, problemOf, projectOf } from '../../support/projects.ts';

const project = (sdk: string, inside = '<TargetFramework>net8.0</TargetFramework>', items = ''): string =>
  `<Project Sdk="Microsoft.NET.Sdk${sdk}"><PropertyGroup>${inside}</PropertyGroup><ItemGroup>${items}</ItemGroup></Project>`;
const exe = (framework: string, more = ''): string =>
  project('', `<OutputType>Exe</OutputType><TargetFramework>${framework}</TargetFramework>${more}`);
const web = project('.Web');

const sdkOf = (files: Readonly<Record<string, string>>): string =>
  /dotnet\/sdk:(\S+)/.exec(dockerfileOf(files))?.[1] ?? '';

describe('dotnet: versions', () => {
  test('of several targets the newest that is supported', () => {
    const files = {
      'a.csproj': project('.Web', '<TargetFrameworks>net6.0;net8.0;netstandard2.0;net99.0</TargetFrameworks>'),
    };
    assert.equal(projectOf(files).merged.manifest.runtime, '8.0');
    assert.match(dockerfileOf(files), /--framework net8\.0/);
  });

  test('old lines are where their images are, or have none', () => {
    const of = (framework: string) => ({
      'a.csproj': project('.Web', `<TargetFramework>${framework}</TargetFramework>`),
    });
    assert.match(dockerfileOf(of('netcoreapp2.2')), /^FROM .*mcr\.microsoft\.com\/dotnet\/core\/sdk:2\.2 AS build$/m);
    assert.match(dockerfileOf(of('netcoreapp3.0')), /^FROM mcr\.microsoft\.com\/dotnet\/core\/aspnet:3\.0 AS/m);
    assert.match(dockerfileOf(of('netcoreapp2.0')), /^FROM .*mcr\.microsoft\.com\/dotnet\/sdk:2\.1 AS build$/m);
    assert.equal(problemOf(() => dockerfileOf(of('netcoreapp1.1')))?.slug, 'not-plannable');
  });

  test('a property of Directory.Build.props, and one that refers to another', () => {
    const files = {
      'Directory.Build.props':
        '<Project><PropertyGroup><Net>net9.0</Net><TargetFramework>$(Net)</TargetFramework></PropertyGroup></Project>',
      'src/A/A.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web" />',
      'A.sln': '',
    };
    assert.equal(projectOf(files).merged.manifest.runtime, '9.0');
  });

  test('global.json: the moving tag where it holds the pinned band, else the very SDK', () => {
    const pinned = (version: string, more = '') => ({
      'a.csproj': web,
      'global.json': `{"sdk":{"version":"${version}"${more}}}`,
    });
    assert.equal(sdkOf(pinned('8.0.404')), '8.0');
    assert.equal(sdkOf(pinned('8.0.201')), '8.0.201');
    assert.equal(sdkOf(pinned('8.0.201', ',"rollForward":"latestFeature"')), '8.0');
    assert.equal(sdkOf(pinned('9.0.304')), '9.0');
    assert.equal(sdkOf(pinned('6.0.400')), '8.0');
  });

  test('what runs on Windows only is refused', () => {
    assert.equal(problemOf(() => dockerfileOf({ 'a.csproj': exe('net8.0-windows') }))?.slug, 'not-plannable');
    assert.equal(problemOf(() => dockerfileOf({ 'a.csproj': exe('net48') }))?.slug, 'not-plannable');
  });

  test('a release past its end is told', () =>
    assert.deepEqual(adviceOf({ 'a.csproj': exe('net6.0') }), ['runtime-end-of-life']));
});

describe('dotnet: projects', () => {
  test('the web project is chosen, tests and libraries are not, and all that it refers to is restored first', () => {
    const text = dockerfileOf({
      'Shop.sln': '',
      'Directory.Packages.props': '<Project />',
      'src/Shop/Shop.csproj': project('.Web', undefined, '<ProjectReference Include="..\\Core\\Core.csproj" />'),
      'src/Core/Core.csproj': project(''),
      'src/Tool/Tool.csproj': exe('net8.0'),
      'test/Shop.Tests/Shop.Tests.csproj': project(
        '',
        undefined,
        '<PackageReference Include="xunit" Version="2.9.0" />',
      ),
    });
    assert.match(
      text,
      /COPY Directory\.Packages\.props \.\/\nCOPY src\/Core\/Core\.csproj \.\/src\/Core\/\nCOPY src\/Shop\/Shop\.csproj \.\/src\/Shop\//,
    );
    assert.match(text, /dotnet publish src\/Shop\/Shop\.csproj .*--no-restore/);
    assert.match(text, /^FROM mcr\.microsoft\.com\/dotnet\/aspnet:8\.0 AS runtime$/m);
  });

  test('a benchmark of the app takes nothing in, nor is it the app', () => {
    const text = dockerfileOf({
      'S.sln': '',
      'API/API.csproj': web,
      'API.Benchmark/API.Benchmark.csproj': exe('net8.0').replace(
        '</ItemGroup>',
        '<ProjectReference Include="../API/API.csproj" /><PackageReference Include="BenchmarkDotNet" Version="0.14.0" /></ItemGroup>',
      ),
    });
    assert.match(text, /dotnet publish API\/API\.csproj/);
  });

  test('a program that hosts ASP.NET Core by itself serves, whatever its SDK', () => {
    const host = (item: string) => ({
      'Till.fsproj': project('', '<OutputType>Exe</OutputType><TargetFramework>net9.0</TargetFramework>', item),
    });
    for (const item of [
      '<FrameworkReference Include="Microsoft.AspNetCore.App" />',
      '<PackageReference Include="Giraffe" />',
    ]) {
      const text = dockerfileOf(host(item));
      assert.match(text, /^FROM mcr\.microsoft\.com\/dotnet\/aspnet:9\.0/m);
      assert.match(text, /^EXPOSE 8080$/m);
    }
    assert.match(dockerfileOf(host('<PackageReference Include="Argu" />')), /dotnet\/runtime:9\.0/);
  });

  test('two web projects are a list to choose from', () => {
    const files = { 'S.sln': '', 'a/A.csproj': web, 'b/B.csproj': web };
    assert.equal(problemOf(() => dockerfileOf(files))?.slug, 'ambiguous-app');
    assert.match(dockerfileOf(files, { app: 'b' }), /dotnet publish B\.csproj/);
  });

  test('a server takes in the browser’s part; alone that is a static site', () => {
    const browser = project('.BlazorWebAssembly');
    const server = project('.Web', undefined, '<ProjectReference Include="../Client/Client.csproj" />');
    assert.match(
      dockerfileOf({ 'S.sln': '', 'Client/Client.csproj': browser, 'Server/Server.csproj': server }),
      /Server\.dll/,
    );
    assert.match(dockerfileOf({ 'Client.csproj': browser }), /COPY --from=build \/out\/wwwroot\/ \/srv\//);
  });

  test('a library alone has no start command', () => {
    assert.equal(problemOf(() => dockerfileOf({ 'a.csproj': project('') }))?.slug, 'no-start-command');
  });

  test('a broken project file is named', () => {
    assert.match(problemOf(() => dockerfileOf({ 'a.csproj': '<Project><X></Project>' }))?.detail ?? '', /a\.csproj/);
  });
});

describe('dotnet: how it runs', () => {
  test('the port is handed on when it starts, unless the code decides it', () => {
    assert.match(dockerfileOf({ 'a.csproj': web }), /ASPNETCORE_HTTP_PORTS=\$PORT exec dotnet a\.dll/);
    assert.match(
      dockerfileOf({ 'a.csproj': project('.Web', '<TargetFramework>net6.0</TargetFramework>') }),
      /ASPNETCORE_URLS=http:\/\/\+:\$PORT exec/,
    );
    const own = dockerfileOf({ 'a.csproj': web, 'Program.cs': 'app.Run("http://0.0.0.0:5050");' });
    assert.match(own, /^CMD \["dotnet", "a\.dll"\]$/m);
    assert.match(own, /^EXPOSE 5050$/m);
    const handed = 'builder.UseUrls(UrlArgs);\nclass Options { [Option("host", Default = "http://*:5000")] string H; }';
    assert.match(dockerfileOf({ 'a.csproj': web, 'Program.cs': handed }), /^EXPOSE 5000$/m);
    assert.match(dockerfileOf({ 'a.csproj': web, 'Program.cs': handed.replace('UseUrls', 'Show') }), /^EXPOSE 8080$/m);
    const reads = 'var port = Environment.GetEnvironmentVariable("PORT") ?? "3000";';
    assert.match(dockerfileOf({ 'a.csproj': web, 'Program.cs': reads }), /^EXPOSE 3000$/m);
  });

  test('chiseled images have no shell, and their user is taken', () => {
    const text = dockerfileOf({ 'a.csproj': web }, { image: { variant: 'distroless' } });
    assert.match(text, /aspnet:8\.0-noble-chiseled-extra/);
    assert.match(text, /ASPNETCORE_HTTP_PORTS="8080"/);
    assert.match(text, /^CMD \["dotnet", "a\.dll"\]$/m);
    assert.match(text, /^USER 1654:1654$/m);
  });

  test('native code and single files bring their own runtime', () => {
    const native = dockerfileOf({ 'a.csproj': exe('net8.0', '<PublishAot>true</PublishAot>') });
    assert.match(native, /clang zlib1g-dev/);
    assert.match(native, /runtime-deps:8\.0 AS runtime/);
    assert.match(native, /^CMD \["\.\/a"\]$/m);
  });

  test('a front end that npm builds gets Node.js', () => {
    const files = {
      'a.csproj': project('.Web', '<TargetFramework>net8.0</TargetFramework><SpaRoot>ClientApp</SpaRoot>'),
    };
    assert.match(dockerfileOf(files), /COPY --from=node:\S+ \/usr\/local\/ \/usr\/local\//);
  });
});

describe('dotnet: commands of a Procfile', () => {
  const files = {
    'Shop.sln': '',
    'Web/Web.csproj': web,
    'Admin/Admin.csproj': web,
  };
  const commandOf = (line: string): readonly string[] | string | undefined =>
    projectOf({ ...files, Procfile: `web: ${line}\n` }).merged.manifest.command;

  test('the project that it names is built, and started from where the image has it', () => {
    const shell = ['/bin/sh', '-c', 'exec dotnet Web.dll --urls http://*:$PORT'];
    assert.deepEqual(commandOf('cd Web/bin/publish/; ./Web --urls http://*:$PORT'), shell);
    assert.deepEqual(commandOf('cd ./Web/bin/publish && dotnet Web.dll --urls http://*:$PORT'), shell);
    assert.deepEqual(commandOf('dotnet run --project Web -c Release -- --urls http://*:$PORT'), shell);
    assert.deepEqual(commandOf('Admin/bin/Release/net8.0/publish/Admin --seed'), ['dotnet', 'Admin.dll', '--seed']);
    assert.deepEqual(commandOf('Web'), ['/bin/sh', '-c', 'ASPNETCORE_HTTP_PORTS=$PORT exec dotnet Web.dll']);
    assert.match(dockerfileOf({ ...files, Procfile: 'web: Admin\n' }), /dotnet publish Admin\/Admin\.csproj/);
  });

  test('another program stays as it is', () =>
    assert.deepEqual(commandOf('cd Web/bin/publish; ./efbundle'), ['/bin/sh', '-c', 'cd Web/bin/publish; ./efbundle']));
});

test('dotnet: a solution of C++ alone is none of .NET', () => {
  const list = 'Project("{1}") = "till", "till.vcxproj", "{2}"\nEndProject\n';
  const files = { 'till.sln': list, 'main.c': 'int main(void) { return 0; }\n' };
  assert.equal(projectOf(files).language.id, 'cpp');
  assert.equal(projectOf({ ...files, 'till.sln': list.replace('vcx', 'cs') }).language.id, 'dotnet');
});

describe('dotnet: servers of a console program', () => {
  const console = (line: string) => ({
    'a.csproj':
      '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>',
    'Program.cs': `${line}\n`,
  });

  test('are told by the port that they are given', () => {
    const lines: Readonly<Record<string, number | undefined>> = {
      'listener.Prefixes.Add("http://*:7070/");': 7070,
      'var server = new FastServer(IPAddress.Any, 7071);': 7071,
      'Host.Create().Port(7072).Run();': 7072,
      'new TcpListener(IPAddress.Any, 7073).Start();': 7073,
      'var queue = new QueueServer("queue", 5672);': undefined,
      'Console.WriteLine("http://localhost:7074/");': undefined,
    };
    for (const [line, port] of Object.entries(lines)) {
      const text = dockerfileOf(console(line));
      assert.equal(/^EXPOSE (\d+)$/m.exec(text)?.[1], port?.toString(), line);
      assert.match(text, /^CMD \["dotnet", "a\.dll"\]$/m);
    }
  });
});

test('dotnet: functions that a host of Azure starts go behind an app beside them', () => {
  const functions =
    '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup><ItemGroup><PackageReference Include="Microsoft.Azure.Functions.Worker" Version="2.0.0" /></ItemGroup></Project>';
  const client = functions
    .replace('Microsoft.NET.Sdk', 'Microsoft.NET.Sdk.BlazorWebAssembly')
    .replace(/<ItemGroup>.*<\/ItemGroup>/, '');
  assert.match(dockerfileOf({ 'Shop.sln': '', 'Api/Api.csproj': functions, 'Client/Client.csproj': client }), /caddy/);
  const alone = { 'Api/Api.csproj': functions };
  assert.match(problemOf(() => dockerfileOf(alone))?.detail ?? '', /the host of that platform/);
  assert.match(dockerfileOf(alone, { command: ['dotnet', 'Api.dll'] }), /^CMD \["dotnet", "Api\.dll"\]$/m);
});

describe('dotnet: a program of one file', () => {
  test('is published as it is, by what its first lines say', () => {
    const text = dockerfileOf({
      'shop.cs':
        '#:sdk Microsoft.NET.Sdk.Web\n#:property AssemblyName=Till\nvar app = WebApplication.Create(args);\napp.Run();\n',
    });
    assert.match(text, /dotnet publish shop\.cs --configuration Release -p:PublishAot=false/);
    assert.doesNotMatch(text, /dotnet restore/);
    assert.match(text, /exec dotnet Till\.dll/);
    assert.match(text, /^FROM mcr\.microsoft\.com\/dotnet\/aspnet:/m);
    assert.match(dockerfileOf({ 'a.cs': 'Console.WriteLine("hi");\n' }), /CMD \["dotnet", "a\.dll"\]/);
  });

  test('a source file of a project that is not there is none', () =>
    assert.equal(
      problemOf(() => dockerfileOf({ 'Shop.cs': 'namespace Shop;\npublic class Shop { }\n' }))?.slug,
      'no-language',
    ));
});

test('dotnet: a project that cannot be read is no reason to fail where another app is asked for', () => {
  const files = { 'site/package.json': '{"scripts":{"start":"node a.js"}}', 'site/a.js': '', 'b/b.csproj': '<Project' };
  assert.equal(projectOf(files, { app: 'site' }).language.id, 'node');
});

test('dotnet: a sample beside the app is not the app', () => {
  const files = { 'Shop.sln': '', 'src/Shop/Shop.csproj': web, 'samples/Till/Till.csproj': web };
  assert.match(dockerfileOf(files), /dotnet Shop\.dll/);
  assert.match(dockerfileOf({ 'Shop.sln': '', 'samples/Till/Till.csproj': web }), /dotnet Till\.dll/);
});

test('dotnet: shared properties that are for tests by the project’s name are not those of others', () => {
  const files = {
    'Shop.sln': '',
    'Directory.Build.props': `<Project><PropertyGroup><IsTestProject Condition="'$(IsTestProject)' == '' and $(MSBuildProjectName.EndsWith('.Test'))">true</IsTestProject></PropertyGroup></Project>`,
    'src/Shop/Shop.csproj': web,
    'test/Shop.Test/Shop.Test.csproj': web,
  };
  assert.match(dockerfileOf(files), /dotnet Shop\.dll/);
});

test('dotnet: Saturn is told its address in the source, whatever the file is called', () => {
  const files = {
    'Shop.fsproj': project(
      '.Web',
      '<TargetFramework>net8.0</TargetFramework>',
      '<PackageReference Include="Saturn" Version="0.17.0" />',
    ),
    'Shop.fs': 'let app = application {\n    url "http://0.0.0.0:8085/"\n    use_router top\n}\n',
  };
  assert.match(dockerfileOf(files), /^EXPOSE 8085$/m);
  assert.match(dockerfileOf(files), /^CMD \["dotnet", "Shop\.dll"\]$/m);
});
