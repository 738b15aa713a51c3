"""Tables of ten products per user and of neighbours per product."""

import polars as pl

from peers.shared.recommendations import History, ProductDays, measured_strategies, recommended
from peers.shared.report import Report


def recommend(shop: dict, report: Report) -> pl.DataFrame:
    products, dates, product_days = shop["products"], dict(shop["dates"][:3]), shop["product_days"]
    columns = ["user", "product", "day", "browse_weight", "is_bought"]
    days = ProductDays(
        *(product_days[name].to_numpy() for name in columns),
        user_count=shop["user_ids"].height,
        product_count=products.height,
    )
    metrics, best = measured_strategies(days, dates)
    today = History(days, dates["scoring"], products["stock_on_hand"].cast(pl.Float64).to_numpy())
    users = shop["features"].filter(pl.col("split") == "scoring")["user"].to_numpy()
    recommendations = pl.DataFrame(recommended(today, best, users))
    by_behaviour = pl.DataFrame(today.similar_products()).with_columns(method=pl.lit("behaviour"))
    by_content = similar_by_content(today, products).with_columns(method=pl.lit("content"))
    similar = pl.concat([by_behaviour, by_content], how="diagonal")

    names = products.lazy().select("product", "product_id", "product_name")
    others = names.select(similar_product="product", similar_product_id="product_id")
    report.write(
        "user_recommendations",
        recommendations.lazy()
        .join(shop["user_ids"].lazy(), on="user", maintain_order="left")
        .join(names, on="product", maintain_order="left")
        .with_columns(strategy=pl.lit(best)),
    )
    report.write(
        "similar_products",
        similar.lazy().join(names.drop("product_name"), on="product").join(others, on="similar_product"),
    )
    report.write("recommendation_metrics", pl.DataFrame(metrics))
    report.counts |= {
        "similar products": by_behaviour.height,
        "recommendations": recommendations.height,
        "ndcg@10": next(row["ndcg"] for row in metrics if row["split"] == "test" and row["strategy"] == best),
    }
    return recommendations


def similar_by_content(today: History, products: pl.DataFrame) -> pl.DataFrame:
    embedded = products.select("product", "category", "embedding").drop_nulls()
    width = embedded["embedding"].list.len().max()
    of_categories = embedded.with_columns(pl.col("embedding").list.to_array(width)).partition_by("category")
    return pl.concat(
        pl.DataFrame(today.similar_by_content(members["product"].to_numpy(), members["embedding"].to_numpy()))
        for members in of_categories
    )
