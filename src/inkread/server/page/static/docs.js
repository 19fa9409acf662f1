// Show the API's document with Swagger UI, from this server's files alone.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });
