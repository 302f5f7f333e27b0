import { Module } from "@nestjs/common";
import { MdbModule } from "@nsj/mdb-nestjs";
import { openDatabases } from "./databases";
import { OrderController } from "./orders.controller";
import { OrderDao, OrderService } from "./orders.service";

@Module({
  imports: [
    MdbModule.forRootAsync({ labels: ["orders", "audit"], useFactory: () => ({ databases: openDatabases() }) }),
    MdbModule.forFeature("orders", [OrderDao]),
  ],
  controllers: [OrderController],
  providers: [OrderService],
})
export class AppModule {}
