import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module";

async function bootstrap() {
  const app = await NestFactory.create(AppModule, { logger: ["warn", "error"] });
  app.enableShutdownHooks();
  await app.listen(Number(process.env.PORT ?? 0), "127.0.0.1");
  console.log(await app.getUrl());
}

void bootstrap();
