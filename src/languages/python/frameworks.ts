/** Web frameworks: the classes whose objects are apps, and the protocol by which a server talks to them. */

export type Protocol = 'wsgi' | 'asgi' | 'own';

export interface Framework {
  readonly id: string;
  /** Normalised names of packages, any of which brings it. */
  readonly packages: readonly string[];
  /** The import by which a file shows that it uses it. */
  readonly modules: readonly string[];
  /** Constructors of app objects, as they are called. */
  readonly classes: readonly string[];
  readonly protocol: Protocol;
  /** The port on which its own server listens when nothing is said. */
  readonly port: number;
}

/** Most particular first: what is built on another one comes before it. */
export const FRAMEWORKS: readonly Framework[] = [
  { id: 'django', packages: ['django'], modules: ['django'], classes: [], protocol: 'wsgi', port: 8000 },
  { id: 'streamlit', packages: ['streamlit'], modules: ['streamlit'], classes: [], protocol: 'own', port: 8501 },
  { id: 'chainlit', packages: ['chainlit'], modules: ['chainlit'], classes: [], protocol: 'own', port: 8000 },
  { id: 'marimo', packages: ['marimo'], modules: ['marimo'], classes: ['marimo.App'], protocol: 'own', port: 2718 },
  { id: 'panel', packages: ['panel'], modules: ['panel'], classes: [], protocol: 'own', port: 5006 },
  { id: 'solara', packages: ['solara'], modules: ['solara'], classes: [], protocol: 'own', port: 8765 },
  { id: 'mesop', packages: ['mesop'], modules: ['mesop'], classes: [], protocol: 'own', port: 8080 },
  { id: 'bokeh', packages: ['bokeh'], modules: ['bokeh'], classes: [], protocol: 'own', port: 5006 },
  { id: 'pywebio', packages: ['pywebio'], modules: ['pywebio'], classes: [], protocol: 'own', port: 8080 },
  { id: 'reflex', packages: ['reflex'], modules: ['reflex'], classes: [], protocol: 'own', port: 8000 },
  { id: 'shiny', packages: ['shiny'], modules: ['shiny'], classes: [], protocol: 'own', port: 8000 },
  { id: 'flet', packages: ['flet', 'flet-web'], modules: ['flet'], classes: [], protocol: 'own', port: 8000 },
  { id: 'dash', packages: ['dash'], modules: ['dash'], classes: ['Dash', 'DashProxy'], protocol: 'wsgi', port: 8050 },
  { id: 'nicegui', packages: ['nicegui'], modules: ['nicegui'], classes: [], protocol: 'own', port: 8080 },
  {
    id: 'fasthtml',
    packages: ['python-fasthtml'],
    modules: ['fasthtml'],
    classes: ['FastHTML', 'FastHTMLWithLiveReload', 'fast_app'],
    protocol: 'asgi',
    port: 5001,
  },
  {
    id: 'litestar',
    packages: ['litestar'],
    modules: ['litestar'],
    classes: ['Litestar'],
    protocol: 'asgi',
    port: 8000,
  },
  {
    id: 'fastapi',
    packages: ['fastapi'],
    modules: ['fastapi'],
    classes: ['FastAPI', 'VersionedFastAPI'],
    protocol: 'asgi',
    port: 8000,
  },
  { id: 'quart', packages: ['quart'], modules: ['quart'], classes: ['Quart'], protocol: 'asgi', port: 5000 },
  {
    id: 'connexion',
    packages: ['connexion'],
    modules: ['connexion'],
    classes: ['AsyncApp', 'FlaskApp', 'connexion.App'],
    protocol: 'asgi',
    port: 8080,
  },
  {
    id: 'flask',
    packages: ['flask', 'apiflask', 'flask-openapi3'],
    modules: ['flask', 'apiflask', 'flask_openapi3', 'eve'],
    classes: ['Flask', 'APIFlask', 'OpenAPI', 'Eve'],
    protocol: 'wsgi',
    port: 5000,
  },
  { id: 'sanic', packages: ['sanic'], modules: ['sanic'], classes: ['Sanic'], protocol: 'own', port: 8000 },
  {
    id: 'blacksheep',
    packages: ['blacksheep'],
    modules: ['blacksheep'],
    classes: ['Application'],
    protocol: 'asgi',
    port: 8000,
  },
  { id: 'robyn', packages: ['robyn'], modules: ['robyn'], classes: ['Robyn'], protocol: 'own', port: 8080 },
  {
    id: 'falcon',
    packages: ['falcon'],
    modules: ['falcon'],
    classes: ['falcon.App', 'falcon.API'],
    protocol: 'wsgi',
    port: 8000,
  },
  {
    id: 'falcon',
    packages: ['falcon'],
    modules: ['falcon'],
    classes: ['falcon.asgi.App', 'asgi.App'],
    protocol: 'asgi',
    port: 8000,
  },
  {
    id: 'bottle',
    packages: ['bottle'],
    modules: ['bottle'],
    classes: ['Bottle', 'default_app'],
    protocol: 'wsgi',
    port: 8080,
  },
  {
    id: 'pyramid',
    packages: ['pyramid'],
    modules: ['pyramid'],
    classes: ['make_wsgi_app'],
    protocol: 'wsgi',
    port: 6543,
  },
  { id: 'gradio', packages: ['gradio'], modules: ['gradio'], classes: [], protocol: 'own', port: 7860 },
  {
    id: 'starlette',
    packages: ['starlette'],
    modules: ['starlette'],
    classes: ['Starlette'],
    protocol: 'asgi',
    port: 8000,
  },
  {
    id: 'aiohttp',
    packages: ['aiohttp'],
    modules: ['aiohttp.web', 'aiohttp'],
    classes: [],
    protocol: 'own',
    port: 8080,
  },
  { id: 'tornado', packages: ['tornado'], modules: ['tornado'], classes: [], protocol: 'own', port: 8888 },
  {
    id: 'functions-framework',
    packages: ['functions-framework'],
    modules: ['functions_framework'],
    classes: [],
    protocol: 'own',
    port: 8080,
  },
  {
    id: 'google-adk',
    packages: ['google-adk'],
    modules: ['google.adk'],
    classes: ['get_fast_api_app'],
    protocol: 'asgi',
    port: 8000,
  },
  {
    id: 'mcp',
    packages: ['fastmcp', 'mcp'],
    modules: ['fastmcp', 'mcp'],
    classes: ['http_app', 'streamable_http_app', 'sse_app'],
    protocol: 'asgi',
    port: 8000,
  },
  { id: 'cherrypy', packages: ['cherrypy'], modules: ['cherrypy'], classes: [], protocol: 'own', port: 8080 },
];

export const frameworkIds: readonly string[] = [...new Set(FRAMEWORKS.map((f) => f.id))];
